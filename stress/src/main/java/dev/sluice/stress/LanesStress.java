package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.channel.Channel;
import dev.sluice.channel.SplitChannel;
import java.util.Locale;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/// The lanes of a buffered channel: values stay in order and are there once, whoever is at the other end, and
/// while the channel gets them. What all channels promise is in [ChannelStress], where one kind has lanes.
public final class LanesStress {
    private LanesStress() {}

    private static String sent(Channel<Integer> channel, int value) {
        return channel.trySend(value).name().toLowerCase(Locale.ROOT);
    }

    /// One sends to a full channel while another makes room.
    @JCStressTest
    @Outcome(id = "sent, got 1, left 2", expect = ACCEPTABLE, desc = "there was room")
    @Outcome(id = "full, got 1, left", expect = ACCEPTABLE, desc = "there was none yet")
    @Outcome(expect = FORBIDDEN, desc = "a value is lost, or there twice, or overwritten")
    @State
    public static class SendAgainstReceive {
        private final Channel<Integer> channel = SplitChannel.buffered(1);

        public SendAgainstReceive() {
            channel.trySend(1);
        }

        @Actor
        public void sender(LLL_Result r) {
            r.r1 = sent(channel, 2);
        }

        @Actor
        public void receiver(LLL_Result r) {
            r.r2 = Kinds.word(channel.tryReceive());
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = Kinds.left(channel);
        }
    }

    /// One sends two, another receives two.
    @JCStressTest
    @Outcome(id = "got 1, got 2, left", expect = ACCEPTABLE, desc = "both are handed over")
    @Outcome(id = "empty, got 1, left 2", expect = ACCEPTABLE, desc = "the receiver was early")
    @Outcome(id = "got 1, empty, left 2", expect = ACCEPTABLE, desc = "the sender was late")
    @Outcome(id = "empty, empty, left 1 2", expect = ACCEPTABLE, desc = "the receiver was first")
    @Outcome(expect = FORBIDDEN, desc = "a value is lost, or there twice, or out of order")
    @State
    public static class SendTwoAgainstReceiveTwo {
        private final Channel<Integer> channel = SplitChannel.buffered(2);

        @Actor
        public void sender() {
            channel.send(1);
            channel.send(2);
        }

        @Actor
        public void receiver(LLL_Result r) {
            r.r1 = Kinds.word(channel.tryReceive());
            r.r2 = Kinds.word(channel.tryReceive());
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = Kinds.left(channel);
        }
    }

    /// A channel gets lanes from one who then sends, while another receives.
    @JCStressTest
    @Outcome(id = "sent, got 1, left 2, 2", expect = ACCEPTABLE, desc = "both have happened")
    @Outcome(expect = FORBIDDEN, desc = "a value is lost, or there twice, or not counted")
    @State
    public static class SplitAndSendAgainstReceive {
        private final Channel<Integer> channel = holdingOne();

        @Actor
        public void sender(LLLL_Result r) {
            SplitChannel.split(channel);
            r.r1 = sent(channel, 2);
        }

        @Actor
        public void receiver(LLLL_Result r) {
            r.r2 = Kinds.word(channel.tryReceive());
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r3 = Kinds.left(channel);
            r.r4 = channel.statistics().sent();
        }
    }

    /// A channel gets lanes from one who then receives, while another sends.
    @JCStressTest
    @Outcome(id = "sent, got 1, left 2, 2", expect = ACCEPTABLE, desc = "both have happened")
    @Outcome(expect = FORBIDDEN, desc = "a value is lost, or there twice, or not counted")
    @State
    public static class SplitAndReceiveAgainstSend {
        private final Channel<Integer> channel = holdingOne();

        @Actor
        public void sender(LLLL_Result r) {
            r.r1 = sent(channel, 2);
        }

        @Actor
        public void receiver(LLLL_Result r) {
            SplitChannel.split(channel);
            r.r2 = Kinds.word(channel.tryReceive());
        }

        @Arbiter
        public void end(LLLL_Result r) {
            r.r3 = Kinds.left(channel);
            r.r4 = channel.statistics().sent();
        }
    }

    private static Channel<Integer> holdingOne() {
        Channel<Integer> channel = Channel.buffered(2);
        channel.trySend(1);
        return channel;
    }

    /// A channel that grows is full to its array, not to its capacity.
    @JCStressTest
    @Outcome(id = "sent, sent, in order", expect = ACCEPTABLE, desc = "there was room for both")
    @Outcome(expect = FORBIDDEN, desc = "a value is lost, or there twice, or out of order")
    @State
    public static class GrowAgainstReceive {
        private static final int ARRAY = 64; // values that there is room for at first

        private final Channel<Integer> channel = SplitChannel.buffered(2 * ARRAY);
        private int next;

        public GrowAgainstReceive() {
            for (int i = 0; i < ARRAY; i++) {
                channel.trySend(i);
            }
        }

        @Actor
        public void sender(LLL_Result r) {
            r.r1 = sent(channel, ARRAY);
            r.r2 = sent(channel, ARRAY + 1);
        }

        @Actor
        public void receiver() {
            if (channel.receive() == next) {
                next++;
            }
        }

        @Arbiter
        public void end(LLL_Result r) {
            while (channel.statistics().buffered() > 0 && channel.receive() == next) {
                next++;
            }
            r.r3 = next == ARRAY + 2 ? "in order" : "up to " + next;
        }
    }
}
