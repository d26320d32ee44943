package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelClosedException;
import dev.sluice.channel.Offer;
import java.util.Locale;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/// Channels of each kind, whose name is the first word: a value is delivered or still the sender's, never
/// neither and never both, whatever is cancelled or closed when.
public final class ChannelStress {
    private ChannelStress() {}

    private static String sent(Offer offer) {
        return offer.name().toLowerCase(Locale.ROOT);
    }

    private static String send(Channel<Integer> channel, int value) {
        try {
            channel.send(value);
            return "sent";
        } catch (ChannelClosedException end) {
            return "closed";
        }
    }

    private static String receive(Channel<Integer> channel) {
        return Kinds.word(channel.receiveOrEnd());
    }

    /// One sends and one receives, and each may have to wait for the other.
    @JCStressTest
    @Outcome(id = "[A-Z]+, sent, got 1, left", expect = ACCEPTABLE, desc = "the value is handed over")
    @Outcome(expect = FORBIDDEN, desc = "it is lost; a lost wake-up shows as a timeout")
    @State
    public static class SendAgainstReceive {
        private final Kinds kind = Kinds.any();
        private final Channel<Integer> channel = kind.create();

        @Actor
        public void sender(LLLL_Result r) {
            r.r2 = send(channel, 1);
        }

        @Actor
        public void receiver(LLLL_Result r) {
            r.r3 = receive(channel);
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r1 = kind;
            r.r4 = Kinds.left(channel);
        }
    }

    /// A value comes for a receiver that waits and is cancelled.
    @JCStressTest
    @Outcome(id = "[A-Z]+, sent, got 1, left", expect = ACCEPTABLE, desc = "the receiver has it")
    @Outcome(
            id = "(BUFFERED|SPLIT|LATEST|UNLIMITED|PRIORITY|DELAYED), sent, cancelled, left 1",
            expect = ACCEPTABLE,
            desc = "the channel has it")
    @Outcome(id = "RENDEZVOUS, full, cancelled, left", expect = ACCEPTABLE, desc = "the sender still has it")
    @Outcome(expect = FORBIDDEN, desc = "the value is lost, or there twice")
    @State
    public static class SendAgainstCancelOfReceiver {
        private final Kinds kind = Kinds.any();
        private final Channel<Integer> channel = kind.create();
        private final Waiting waiting = new Waiting(() -> receive(channel));

        @Actor
        public void sender(LLLL_Result r) {
            r.r2 = sent(channel.trySend(1));
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r1 = kind;
            r.r3 = waiting.outcome();
            r.r4 = Kinds.left(channel);
        }
    }

    /// A receiver comes for a sender that waits, with 2, and is cancelled; in a buffer 1 is before it.
    @JCStressTest
    @Outcome(id = "RENDEZVOUS, got 2, sent, left", expect = ACCEPTABLE, desc = "the receiver has it")
    @Outcome(id = "RENDEZVOUS, empty, cancelled, left", expect = ACCEPTABLE, desc = "the sender still has it")
    @Outcome(
            id = "(BUFFERED|SPLIT|PRIORITY|DELAYED), got 1, sent, left 2",
            expect = ACCEPTABLE,
            desc = "it moved up into the buffer")
    @Outcome(
            id = "(BUFFERED|SPLIT|PRIORITY|DELAYED), got 1, cancelled, left",
            expect = ACCEPTABLE,
            desc = "the sender still has it")
    @Outcome(expect = FORBIDDEN, desc = "the value is lost, or there twice")
    @State
    public static class ReceiveAgainstCancelOfSender {
        private final Kinds kind = Kinds.bounded();
        private final Channel<Integer> channel = kind.create();
        private final Waiting waiting;

        public ReceiveAgainstCancelOfSender() {
            channel.trySend(1);
            waiting = new Waiting(() -> send(channel, 2));
        }

        @Actor
        public void receiver(LLLL_Result r) {
            r.r2 = Kinds.word(channel.tryReceive());
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r1 = kind;
            r.r3 = waiting.outcome();
            r.r4 = Kinds.left(channel);
        }
    }

    /// A value comes for a receiver that is about to wait and is cancelled by the sender, just after.
    @JCStressTest
    @Outcome(id = "[A-Z]+, sent, got 1, left", expect = ACCEPTABLE, desc = "the receiver has it")
    @Outcome(
            id = "(BUFFERED|SPLIT|LATEST|UNLIMITED|PRIORITY|DELAYED), sent, cancelled, left 1",
            expect = ACCEPTABLE,
            desc = "the channel has it")
    @Outcome(id = "RENDEZVOUS, full, cancelled, left", expect = ACCEPTABLE, desc = "the sender still has it")
    @Outcome(expect = FORBIDDEN, desc = "the value is lost, or there twice")
    @State
    public static class ReceiveAgainstSendAndCancel {
        private final Kinds kind = Kinds.any();
        private final Channel<Integer> channel = kind.create();
        private final Cut cut = new Cut();
        private String received = "cancelled"; // the receiver

        @Actor
        public void receiver(LLLL_Result r) {
            cut.run(() -> received = receive(channel));
            r.r3 = Thread.interrupted() ? "interrupted" : received;
        }

        @Actor
        public void sender(LLLL_Result r) {
            r.r2 = sent(channel.trySend(1));
            cut.cancel();
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r1 = kind;
            r.r4 = Kinds.left(channel);
        }
    }

    /// Two receive what is there once.
    @JCStressTest
    @Outcome(
            id = {"[A-Z]+, got 1, empty", "[A-Z]+, empty, got 1"},
            expect = ACCEPTABLE,
            desc = "one of them has it")
    @Outcome(id = "[A-Z]+, got 1, got 1", expect = FORBIDDEN, desc = "both have it")
    @Outcome(expect = FORBIDDEN, desc = "none has it")
    @State
    public static class ReceiveAgainstReceive {
        private final Kinds kind = Kinds.holding();
        private final Channel<Integer> channel = kind.create();

        public ReceiveAgainstReceive() {
            channel.trySend(1);
        }

        @Actor
        public void first(LLL_Result r) {
            r.r2 = Kinds.word(channel.tryReceive());
        }

        @Actor
        public void second(LLL_Result r) {
            r.r3 = Kinds.word(channel.tryReceive());
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r1 = kind;
        }
    }

    /// Two send to one receiver that waits.
    @JCStressTest
    @Outcome(
            id = {"RENDEZVOUS, sent, full, got 1, left", "RENDEZVOUS, full, sent, got 2, left"},
            expect = ACCEPTABLE,
            desc = "one of them hands over")
    @Outcome(
            id = {"(BUFFERED|SPLIT|LATEST|UNLIMITED), sent, sent, got 1, left 2", "[A-Z]+, sent, sent, got 2, left 1"},
            expect = ACCEPTABLE,
            desc = "one hands over and one stores")
    @Outcome(id = "(PRIORITY|DELAYED), sent, sent, got 1, left 2", expect = ACCEPTABLE, desc = "the same")
    @Outcome(id = "LATEST, sent, sent, got [12], left", expect = FORBIDDEN, desc = "a value is given up for nothing")
    @Outcome(
            id = "DELAYED, sent, full, got 1, left",
            expect = ACCEPTABLE,
            desc = "the second came before the hand-over")
    @Outcome(id = "DELAYED, full, sent, got 2, left", expect = ACCEPTABLE, desc = "the first came before the hand-over")
    @Outcome(expect = FORBIDDEN, desc = "a value is lost, or there twice")
    @State
    public static class SendAgainstSend {
        private final Kinds kind = Kinds.any();
        private final Channel<Integer> channel = kind.create();
        private final Waiting waiting = new Waiting(() -> receive(channel));
        private String first = "";

        @Actor
        public void first() {
            first = sent(channel.trySend(1));
        }

        @Actor
        public void second(LLLL_Result r) {
            r.r3 = sent(channel.trySend(2));
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r1 = kind;
            r.r2 = first;
            r.r4 = waiting.outcome() + ", " + Kinds.left(channel);
        }
    }

    /// A channel is closed while somebody sends.
    @JCStressTest
    @Outcome(
            id = "(BUFFERED|SPLIT|LATEST|UNLIMITED|PRIORITY|DELAYED), sent, left 1",
            expect = ACCEPTABLE,
            desc = "in before the end, and received after it")
    @Outcome(id = "[A-Z]+, closed, left", expect = ACCEPTABLE, desc = "the sender still has it")
    @Outcome(expect = FORBIDDEN, desc = "the value is lost, or there twice")
    @State
    public static class SendAgainstClose {
        private final Kinds kind = Kinds.any();
        private final Channel<Integer> channel = kind.create();

        @Actor
        public void sender(LLL_Result r) {
            r.r2 = send(channel, 1); // at a rendezvous it waits for the end
        }

        @Actor
        public void closer() {
            channel.close();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r1 = kind;
            r.r3 = Kinds.left(channel);
        }
    }

    /// A channel is closed behind a value while somebody begins to receive.
    @JCStressTest
    @Outcome(id = "[A-Z]+, sent, got 1", expect = ACCEPTABLE, desc = "the receiver has it")
    @Outcome(id = "RENDEZVOUS, full, end", expect = ACCEPTABLE, desc = "nobody waited; the receiver gets the end")
    @Outcome(expect = FORBIDDEN, desc = "the value or the end is lost")
    @State
    public static class ReceiveAgainstSendAndClose {
        private final Kinds kind = Kinds.any();
        private final Channel<Integer> channel = kind.create();

        @Actor
        public void receiver(LLL_Result r) {
            r.r3 = receive(channel);
        }

        @Actor
        public void sender(LLL_Result r) {
            r.r2 = sent(channel.trySend(1));
            channel.close();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r1 = kind;
        }
    }

    /// A channel is cancelled while somebody sends to it.
    @JCStressTest
    @Outcome(
            id = "(BUFFERED|SPLIT|LATEST|UNLIMITED|PRIORITY|DELAYED), sent, dropped 1, left",
            expect = ACCEPTABLE,
            desc = "it is handed back")
    @Outcome(id = "[A-Z]+, closed, dropped, left", expect = ACCEPTABLE, desc = "the sender still has it")
    @Outcome(expect = FORBIDDEN, desc = "the value is lost, or there twice")
    @State
    public static class SendAgainstCancel {
        private final Kinds kind = Kinds.any();
        private final Channel<Integer> channel = kind.create();

        @Actor
        public void sender(LLLL_Result r) {
            r.r2 = send(channel, 1); // at a rendezvous it waits for the end
        }

        @Actor
        public void canceller(LLLL_Result r) {
            var dropped = new StringBuilder("dropped");
            channel.cancel(value -> dropped.append(' ').append(value));
            r.r3 = dropped.toString();
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r1 = kind;
            r.r4 = Kinds.left(channel);
        }
    }

    /// Two close a channel at which somebody waits.
    @JCStressTest
    @Outcome(
            id = {"[A-Z]+, true, false, end", "[A-Z]+, false, true, end"},
            expect = ACCEPTABLE,
            desc = "one did it")
    @Outcome(expect = FORBIDDEN, desc = "both did it or none, or the receiver was not told")
    @State
    public static class CloseAgainstClose {
        private final Kinds kind = Kinds.any();
        private final Channel<Integer> channel = kind.create();
        private final Waiting waiting = new Waiting(() -> receive(channel));

        @Actor
        public void first(LLLL_Result r) {
            r.r2 = channel.close();
        }

        @Actor
        public void second(LLLL_Result r) {
            r.r3 = channel.close();
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r1 = kind;
            r.r4 = waiting.outcome();
        }
    }

    /// A channel that keeps the newest: what is replaced is handed back, once.
    @JCStressTest
    @Outcome(id = "dropped, got 1, left 2", expect = ACCEPTABLE, desc = "the old one was received before")
    @Outcome(id = "dropped 1, got 2, left", expect = ACCEPTABLE, desc = "the old one was handed back")
    @Outcome(expect = FORBIDDEN, desc = "a value is lost, or there twice")
    @State
    public static class ReplaceAgainstReceive {
        private final StringBuilder dropped = new StringBuilder("dropped"); // the sender
        private final Channel<Integer> channel =
                Channel.latest(value -> dropped.append(' ').append(value));

        public ReplaceAgainstReceive() {
            channel.trySend(1);
        }

        @Actor
        public void sender() {
            channel.trySend(2);
        }

        @Actor
        public void receiver(LLL_Result r) {
            r.r2 = Kinds.word(channel.tryReceive());
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r1 = dropped;
            r.r3 = Kinds.left(channel);
        }
    }
}
