package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.channel.Channel;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Offer;
import dev.sluice.channel.Select;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/// Selects whose places stay in the queues between their waits: who comes between two waits, or while one
/// begins, is neither missed nor met twice.
///
/// All their channels but one are silent; there are so many that the places stay from the second use on.
public final class StandingSelectStress {
    private static final int SILENT = 16;
    private static final String NOTHING = "nothing";

    private StandingSelectStress() {}

    private static List<Clause<? extends String>> silent() {
        List<Clause<? extends String>> clauses = new ArrayList<>();
        for (int i = 0; i < SILENT; i++) {
            clauses.add(Channel.<Integer>rendezvous().onReceived(received -> "of a silent one"));
        }
        return clauses;
    }

    private static Clause<String> receive(Channel<Integer> channel) {
        return channel.onReceived(Kinds::word);
    }

    /// What happens first, looked for and then waited for.
    private static String third(Select<String> select) {
        String first = select.poll(() -> NOTHING);
        String second = first.equals(NOTHING) ? select.poll(() -> NOTHING) : first;
        return second.equals(NOTHING) ? select.await() : second;
    }

    private static String sent(Offer offer) {
        return offer.name().toLowerCase(Locale.ROOT);
    }

    private static Select<String> selectOf(Channel<Integer> channel) {
        List<Clause<? extends String>> clauses = silent();
        clauses.add(receive(channel));
        return Select.of(clauses);
    }

    /// A sender waits until it is met.
    @JCStressTest
    @Outcome(id = "got 1, sent", expect = ACCEPTABLE, desc = "they met")
    @Outcome(expect = FORBIDDEN, desc = "they disagree; a lost wake-up shows as a timeout")
    @State
    public static class StandAgainstSend {
        private final Channel<Integer> channel = Channel.rendezvous();

        @Actor
        public void selecting(LL_Result r) {
            r.r1 = third(selectOf(channel));
        }

        @Actor
        public void sender(LL_Result r) {
            channel.send(1);
            r.r2 = "sent";
        }
    }

    /// A value is stored, and the channel closed behind it.
    @JCStressTest
    @Outcome(id = "got 1, end", expect = ACCEPTABLE, desc = "the value, then the end")
    @Outcome(expect = FORBIDDEN, desc = "the value is lost; a lost wake-up shows as a timeout")
    @State
    public static class StandAgainstSendAndClose {
        private final Channel<Integer> channel = Channel.buffered(1);

        @Actor
        public void selecting(LL_Result r) {
            Select<String> select = selectOf(channel);
            r.r1 = third(select);
            r.r2 = select.await();
        }

        @Actor
        public void sender() {
            channel.send(1);
            channel.close();
        }
    }

    /// Two would each send to the other or receive from it.
    @JCStressTest
    @Outcome(
            id = {"got 2, sent", "sent, got 1"},
            expect = ACCEPTABLE,
            desc = "they met, and agree where")
    @Outcome(expect = FORBIDDEN, desc = "they disagree, or both happened; a lost wake-up shows as a timeout")
    @State
    public static class StandAgainstStand {
        private final Channel<Integer> a = Channel.rendezvous();
        private final Channel<Integer> b = Channel.rendezvous();

        private static String meet(Channel<Integer> in, Channel<Integer> out, int value) {
            List<Clause<? extends String>> clauses = silent();
            String[] said = {NOTHING};
            clauses.add(in.onReceived(received -> said[0] = Kinds.word(received)));
            List<Clause<?>> all = new ArrayList<>(clauses);
            all.add(out.onSend(() -> value, () -> said[0] = "sent"));
            Select<Object> select = Select.of(all);
            Supplier<Object> nothing = () -> NOTHING;
            for (int look = 0; look < 2 && said[0].equals(NOTHING); look++) {
                select.poll(nothing);
            }
            if (said[0].equals(NOTHING)) {
                select.await();
            }
            return said[0];
        }

        @Actor
        public void one(LL_Result r) {
            r.r1 = meet(b, a, 1);
        }

        @Actor
        public void other(LL_Result r) {
            r.r2 = meet(a, b, 2);
        }
    }

    /// A value comes for a select that waits and is cancelled.
    @JCStressTest
    @Outcome(id = "sent, got 1, .*", expect = ACCEPTABLE, desc = "the select has it")
    @Outcome(id = "full, cancelled, full", expect = ACCEPTABLE, desc = "the sender still has it")
    @Outcome(expect = FORBIDDEN, desc = "the value is lost, or there twice")
    @State
    public static class SendAgainstCancel {
        private final Channel<Integer> channel = Channel.rendezvous();
        private final Waiting waiting = new Waiting(() -> third(selectOf(channel)));

        @Actor
        public void sender(LLL_Result r) {
            r.r1 = sent(channel.trySend(1));
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r2 = waiting.outcome();
            r.r3 = sent(channel.trySend(2));
        }
    }

    /// What is received elsewhere is not waited for in vain.
    @JCStressTest
    @Outcome(
            id = {"got 1, got 2", "got 2, got 1"},
            expect = ACCEPTABLE,
            desc = "each has one")
    @Outcome(expect = FORBIDDEN, desc = "one value went to both; a lost wake-up shows as a timeout")
    @State
    public static class StandAgainstReceive {
        private final Channel<Integer> channel = Channel.buffered(1);
        private final Waiting waiting = new Waiting(() -> third(selectOf(channel)));

        @Actor
        public void receiver(LL_Result r) {
            r.r1 = Kinds.word(channel.receiveOrEnd());
        }

        @Actor
        public void sender() {
            channel.send(1);
            channel.send(2);
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r2 = waiting.outcome();
        }
    }
}
