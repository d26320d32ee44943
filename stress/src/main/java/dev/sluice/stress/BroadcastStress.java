package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.channel.Broadcast;
import dev.sluice.channel.Received;
import dev.sluice.channel.Receiver;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// Broadcasts: a send happens for all subscriptions, in one order, or for none.
public final class BroadcastStress {
    private BroadcastStress() {}

    private static String left(Receiver<Integer> receiver) {
        var values = new StringBuilder("left");
        while (receiver.tryReceive() instanceof Received.Value<Integer>(Integer value)) {
            values.append(' ').append(value);
        }
        return values.toString();
    }

    /// A subscription begins while values are sent.
    @JCStressTest
    @Outcome(
            id = {"left 1 2", "left 2", "left"},
            expect = ACCEPTABLE,
            desc = "it gets all that is sent after it began")
    @Outcome(expect = FORBIDDEN, desc = "it begins in the middle of nowhere")
    @State
    public static class SubscribeAgainstSend {
        private final Broadcast<Integer> numbers = Broadcast.buffered(2);
        private Broadcast.@Nullable Subscription<Integer> subscription; // the subscriber; read by the arbiter

        @Actor
        public void subscriber() {
            subscription = numbers.subscribe(Broadcast.Lag.WAIT);
        }

        @Actor
        public void sender() {
            numbers.trySend(1);
            numbers.trySend(2);
        }

        @Arbiter
        public void end(L_Result r) {
            Broadcast.Subscription<Integer> own = subscription;
            assert own != null;
            r.r1 = left(own);
        }
    }

    /// Two send to two subscriptions: all see one order.
    @JCStressTest
    @Outcome(
            id = {"left 1 2, left 1 2", "left 2 1, left 2 1"},
            expect = ACCEPTABLE,
            desc = "one order for both")
    @Outcome(expect = FORBIDDEN, desc = "two orders, or a value is lost for one")
    @State
    public static class SendAgainstSend {
        private final Broadcast<Integer> numbers = Broadcast.buffered(2);
        private final Receiver<Integer> one = numbers.subscribe(Broadcast.Lag.WAIT);
        private final Receiver<Integer> other = numbers.subscribe(Broadcast.Lag.DROP_OLDEST);

        @Actor
        public void first() {
            numbers.trySend(1);
        }

        @Actor
        public void second() {
            numbers.trySend(2);
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = left(one);
            r.r2 = left(other);
        }
    }

    /// A value comes for a receiver that waits and is cancelled.
    @JCStressTest
    @Outcome(id = "got 1, left, left 1", expect = ACCEPTABLE, desc = "the receiver has it, and so has the other one")
    @Outcome(id = "cancelled, left 1, left 1", expect = ACCEPTABLE, desc = "the subscription still has it")
    @Outcome(expect = FORBIDDEN, desc = "it is lost for one, or there twice")
    @State
    public static class SendAgainstCancelOfReceiver {
        private final Broadcast<Integer> numbers = Broadcast.buffered(1);
        private final Receiver<Integer> own = numbers.subscribe(Broadcast.Lag.WAIT);
        private final Receiver<Integer> other = numbers.subscribe(Broadcast.Lag.WAIT);
        private final Waiting waiting = new Waiting(() -> "got " + own.receive());

        @Actor
        public void sender() {
            numbers.trySend(1);
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r1 = waiting.outcome();
            r.r2 = left(own);
            r.r3 = left(other);
        }
    }

    /// The slow one takes its value, so that a sender may go on which is cancelled: for all, or for none.
    @JCStressTest
    @Outcome(id = "got 1, sent, left 2, left 2", expect = ACCEPTABLE, desc = "sent to both; one had to drop 1")
    @Outcome(id = "got 1, cancelled, left, left 1", expect = ACCEPTABLE, desc = "sent to none")
    @Outcome(expect = FORBIDDEN, desc = "sent to one of them")
    @State
    public static class ReceiveAgainstCancelOfSender {
        private final Broadcast<Integer> numbers = Broadcast.buffered(1);
        private final Receiver<Integer> slow = numbers.subscribe(Broadcast.Lag.WAIT);
        private final Receiver<Integer> other = numbers.subscribe(Broadcast.Lag.DROP_OLDEST);
        private final Waiting waiting;

        public ReceiveAgainstCancelOfSender() {
            numbers.trySend(1);
            waiting = new Waiting(() -> {
                numbers.send(2);
                return "sent";
            });
        }

        @Actor
        public void receiver(LLLL_Result r) {
            r.r1 = Kinds.word(slow.tryReceive());
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r2 = waiting.outcome();
            r.r3 = left(slow);
            r.r4 = left(other);
        }
    }

    /// A subscription ends while a value is sent that it holds up.
    @JCStressTest
    @Outcome(id = "sent, dropped 1", expect = ACCEPTABLE, desc = "it left, and the sender went on")
    @Outcome(id = "full, dropped 1", expect = ACCEPTABLE, desc = "the sender was too early")
    @Outcome(expect = FORBIDDEN, desc = "a value is lost for it, or it got one after its end")
    @State
    public static class LeaveAgainstSend {
        private final Broadcast<Integer> numbers = Broadcast.buffered(1);
        private final Receiver<Integer> slow = numbers.subscribe(Broadcast.Lag.WAIT);

        public LeaveAgainstSend() {
            numbers.trySend(1);
        }

        @Actor
        public void sender(LL_Result r) {
            r.r1 = numbers.trySend(2).name().toLowerCase(Locale.ROOT);
        }

        @Actor
        public void leaver(LL_Result r) {
            var dropped = new StringBuilder("dropped");
            slow.cancel(value -> dropped.append(' ').append(value));
            r.r2 = dropped;
        }
    }
}
