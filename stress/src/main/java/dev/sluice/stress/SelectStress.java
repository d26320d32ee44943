package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.channel.Channel;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Offer;
import dev.sluice.channel.Received;
import dev.sluice.channel.Receiver;
import dev.sluice.channel.Select;
import dev.sluice.channel.Sender;
import dev.sluice.task.Promise;
import java.util.Locale;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/// Selects: exactly one clause happens, on both sides, and no two selects miss or block each other.
///
/// They are biased, so that two of them look at the same channels in opposite order, round after round.
public final class SelectStress {
    private SelectStress() {}

    /// The action of a select, whose result is words.
    private static final class Words {
        private String said = "nothing";

        Clause<Void> receive(String from, Receiver<Integer> receiver) {
            return receiver.onReceive(value -> said = from + value);
        }

        Clause<Void> send(String to, Sender<Integer> sender, int value) {
            return sender.onSend(() -> value, () -> said = to + value);
        }

        @SafeVarargs
        @SuppressWarnings("varargs") // passed on, not stored in
        final String await(Clause<Void>... clauses) {
            Select.of(clauses).biased().await();
            return said;
        }
    }

    private static String sent(Offer offer) {
        return offer.name().toLowerCase(Locale.ROOT);
    }

    /// Each would send on one of two channels or receive from the other: they meet on one of the two.
    @JCStressTest
    @Outcome(
            id = {"sent a1, got a1", "got b2, sent b2"},
            expect = ACCEPTABLE,
            desc = "they met, and agree where")
    @Outcome(expect = FORBIDDEN, desc = "they disagree, or both happened; a deadlock shows as a timeout")
    @State
    public static class SelectAgainstSelect {
        private final Channel<Integer> a = Channel.rendezvous();
        private final Channel<Integer> b = Channel.rendezvous();

        @Actor
        public void one(LL_Result r) {
            var words = new Words();
            r.r1 = words.await(words.send("sent a", a, 1), words.receive("got b", b));
        }

        @Actor
        public void other(LL_Result r) {
            var words = new Words();
            r.r2 = words.await(words.send("sent b", b, 2), words.receive("got a", a));
        }
    }

    /// Two take from two buffers with one value in each, in opposite order.
    @JCStressTest
    @Outcome(id = "got a1, got b2, left, left", expect = ACCEPTABLE, desc = "each has the one that it prefers")
    @Outcome(expect = FORBIDDEN, desc = "one value went to both, or a select took two")
    @State
    public static class TakeAgainstTake {
        private final Channel<Integer> a = Channel.buffered(1);
        private final Channel<Integer> b = Channel.buffered(1);

        public TakeAgainstTake() {
            a.trySend(1);
            b.trySend(2);
        }

        @Actor
        public void one(LLL_Result r) {
            var words = new Words();
            r.r1 = words.await(words.receive("got a", a), words.receive("got b", b));
        }

        @Actor
        public void other(LLL_Result r) {
            var words = new Words();
            r.r2 = words.await(words.receive("got b", b), words.receive("got a", a));
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = Kinds.left(a) + ", " + Kinds.left(b);
        }
    }

    /// Two send to the two channels at which one select waits.
    @JCStressTest
    @Outcome(
            id = {"sent, full, got a1", "full, sent, got b2"},
            expect = ACCEPTABLE,
            desc = "one of them is taken")
    @Outcome(id = "sent, sent, .*", expect = FORBIDDEN, desc = "a value is lost")
    @Outcome(expect = FORBIDDEN, desc = "they disagree")
    @State
    public static class SendAgainstSend {
        private final Channel<Integer> a = Channel.rendezvous();
        private final Channel<Integer> b = Channel.rendezvous();
        private final Waiting waiting = new Waiting(() -> {
            var words = new Words();
            return words.await(words.receive("got a", a), words.receive("got b", b));
        });

        @Actor
        public void one(LLL_Result r) {
            r.r1 = sent(a.trySend(1));
        }

        @Actor
        public void other(LLL_Result r) {
            r.r2 = sent(b.trySend(2));
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = waiting.outcome();
        }
    }

    /// One takes what a select would send, while another sends what it would receive, at the same channel.
    @JCStressTest
    @Outcome(
            id = {"sent, empty, got 1", "full, got 2, sent 2"},
            expect = ACCEPTABLE,
            desc = "one of the two happened")
    @Outcome(expect = FORBIDDEN, desc = "both happened or none, or they disagree")
    @State
    public static class SendAgainstReceiveAtBothEnds {
        private final Channel<Integer> channel = Channel.rendezvous();
        private final Waiting waiting = new Waiting(() -> {
            var words = new Words();
            return words.await(words.receive("got ", channel), words.send("sent ", channel, 2));
        });

        @Actor
        public void sender(LLL_Result r) {
            r.r1 = sent(channel.trySend(1));
        }

        @Actor
        public void receiver(LLL_Result r) {
            r.r2 = Kinds.word(channel.tryReceive());
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = waiting.outcome();
        }
    }

    /// A value comes for a select that waits and is cancelled.
    @JCStressTest
    @Outcome(id = "sent, got a1", expect = ACCEPTABLE, desc = "the select has it")
    @Outcome(id = "full, cancelled", expect = ACCEPTABLE, desc = "the sender still has it")
    @Outcome(expect = FORBIDDEN, desc = "the value is lost, or there twice")
    @State
    public static class SendAgainstCancel {
        private final Channel<Integer> a = Channel.rendezvous();
        private final Channel<Integer> b = Channel.rendezvous();
        private final Waiting waiting = new Waiting(() -> {
            var words = new Words();
            return words.await(words.receive("got b", b), words.receive("got a", a));
        });

        @Actor
        public void sender(LL_Result r) {
            r.r1 = sent(a.trySend(1));
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r2 = waiting.outcome();
        }
    }

    /// A value comes for a select that waits, too, for the end of a promise, which comes at the same time.
    @JCStressTest
    @Outcome(id = "sent, got a1", expect = ACCEPTABLE, desc = "the value was first")
    @Outcome(id = "full, promise", expect = ACCEPTABLE, desc = "the promise was first, and the sender keeps the value")
    @Outcome(expect = FORBIDDEN, desc = "the value is lost, or there twice")
    @State
    public static class SendAgainstComplete {
        private final Channel<Integer> a = Channel.rendezvous();
        private final Promise<String> promise = new Promise<>();
        private final Waiting waiting = new Waiting(() -> Select.of(
                        a.onReceived(received -> received.equals(one()) ? "got a1" : "something else"),
                        promise.onEnd(end -> "promise"))
                .biased()
                .await());

        private static Object one() {
            return new Received.Value<>(1);
        }

        @Actor
        public void sender(LL_Result r) {
            r.r1 = sent(a.trySend(1));
        }

        @Actor
        public void completer() {
            promise.complete("over");
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r2 = waiting.outcome();
        }
    }

    /// A select registers at two channels while both get what it waits for, and one of them is closed behind.
    @JCStressTest
    @Outcome(
            id = {"got a1, left, left 2", "got b2, left 1, left"},
            expect = ACCEPTABLE,
            desc = "it takes one of them")
    @Outcome(expect = FORBIDDEN, desc = "it takes two or none; a lost wake-up shows as a timeout")
    @State
    public static class RegisterAgainstSend {
        private final Channel<Integer> a = Channel.buffered(1);
        private final Channel<Integer> b = Channel.buffered(1);

        @Actor
        public void selecting(LL_Result r) {
            var words = new Words();
            r.r1 = words.await(words.receive("got a", a), words.receive("got b", b));
        }

        @Actor
        public void sender() {
            b.trySend(2);
            a.trySend(1);
            b.close();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r2 = Kinds.left(a) + ", " + Kinds.left(b);
        }
    }
}
