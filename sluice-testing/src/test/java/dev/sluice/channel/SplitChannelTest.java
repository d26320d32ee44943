package dev.sluice.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Buffered channels with lanes, beyond what all channels promise: how they get them, and that nobody is kept
/// waiting by two loops that pass values on and on.
@Timeout(120)
class SplitChannelTest {
    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static List<Integer> drain(Channel<Integer> channel) {
        List<Integer> values = new ArrayList<>();
        while (channel.tryReceive() instanceof Received.Value<Integer>(Integer value)) {
            values.add(value);
        }
        return values;
    }

    @Test
    void threadsThatMeetGiveItLanes() throws Exception {
        Channel<Integer> channel = Channel.buffered(8);
        var over = new AtomicBoolean();
        Thread other = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                channel.trySend(1);
                channel.tryReceive();
            }
        });
        Locked locked = (Locked) channel;
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!SplitChannel.isSplit(channel)) {
            assertThat(System.nanoTime()).as("nobody has met the lock").isLessThan(limit);
            locked.lock();
            Thread.yield(); // the other comes for it
            Thread.onSpinWait();
            locked.unlock();
        }
        over.set(true);
        other.join();
        assertThat(drain(channel)).hasSizeLessThanOrEqualTo(1);
        assertThat(channel.trySend(5)).isEqualTo(Offer.SENT);
        assertThat(channel.receive()).isEqualTo(5);
    }

    @Test
    void oneThreadAndWhatIsSmallOrSortedStayAsTheyAre() {
        List<Channel<Integer>> channels = List.of(Channel.buffered(64), Channel.buffered(1), Channel.unlimited());
        for (Channel<Integer> channel : channels) {
            for (int i = 0; i < 1000; i++) {
                assertThat(channel.trySend(i)).isEqualTo(Offer.SENT);
                assertThat(channel.receive()).isEqualTo(i);
            }
            assertThat(SplitChannel.isSplit(channel)).as("%s", channel).isFalse();
        }
    }

    @Test
    void whatIsInItAndWhoWaitsStay() {
        Sluice.run(() -> {
            Channel<Integer> channel = Channel.buffered(3);
            try (var group = TaskGroup.open()) {
                group.start("sender", () -> numbers(0, 5).forEach(channel::send));
                while (channel.statistics().waitingSenders() < 1) { // it is full of what the first has sent
                    Sluice.yield();
                }
                group.start("late", () -> numbers(5, 7).forEach(channel::send));
                while (channel.statistics().waitingSenders() < 2) {
                    Sluice.yield();
                }
                SplitChannel.split(channel);
                assertThat(channel.statistics().waitingSenders()).isEqualTo(2);
                List<Integer> received = new ArrayList<>();
                for (int i = 0; i < 7; i++) {
                    received.add(channel.receive());
                }
                assertThat(received).containsExactlyInAnyOrderElementsOf(numbers(0, 7));
                assertThat(received)
                        .startsWith(0, 1, 2)
                        .containsSubsequence(3, 4)
                        .containsSubsequence(5, 6);
                group.join();
            }
            assertThat(channel.statistics().sent()).isEqualTo(7);
        });
    }

    @Test
    void aReceiverThatWaitsIsServedThroughTheLanes() {
        Sluice.run(() -> {
            Channel<Integer> channel = Channel.buffered(8);
            try (var group = TaskGroup.open()) {
                var received = group.start("receiver", channel::receive);
                while (channel.statistics().waitingReceivers() == 0) {
                    Sluice.yield();
                }
                SplitChannel.split(channel);
                assertThat(channel.trySend(1)).isEqualTo(Offer.SENT);
                assertThat(channel.trySend(2)).isEqualTo(Offer.SENT);
                group.join();
                assertThat(received.get()).isEqualTo(1);
            }
            assertThat(channel.receive()).isEqualTo(2);
        });
    }

    @Test
    void itGrowsToItsCapacityAndNotBeyond() {
        Channel<Integer> channel = SplitChannel.buffered(1000);
        int next = 0;
        for (int round = 0; round < 50; round++) { // so that growing meets a ring that begins anywhere
            assertThat(channel.trySend(next)).isEqualTo(Offer.SENT);
            assertThat(channel.receive()).isEqualTo(next++);
        }
        int first = next;
        while (channel.trySend(next) == Offer.SENT) {
            next++;
        }
        assertThat(next - first).isEqualTo(1000);
        assertThat(channel.statistics().buffered()).isEqualTo(1000);
        assertThat(channel.statistics().sent()).isEqualTo(1050);
        assertThat(drain(channel)).isEqualTo(numbers(first, next));
    }

    @Test
    void whatIsCancelledIsHandedBackAndWhatIsClosedIsDrained() {
        Channel<Integer> cancelled = SplitChannel.buffered(100);
        numbers(0, 100).forEach(cancelled::send);
        assertThat(cancelled.receive()).isZero();
        List<Integer> dropped = new ArrayList<>();
        assertThat(cancelled.cancel(dropped::add)).isTrue();
        assertThat(dropped).isEqualTo(numbers(1, 100));
        assertThat(cancelled.trySend(1)).isEqualTo(Offer.CLOSED);
        assertThat(cancelled.tryReceive()).isEqualTo(new Received.Done<>());
        assertThat(cancelled.statistics().dropped()).isEqualTo(99);
        assertThat(cancelled.statistics().capacity()).isEqualTo(100);

        Channel<Integer> closed = SplitChannel.buffered(100);
        numbers(0, 10).forEach(closed::send);
        closed.close();
        assertThatThrownBy(() -> closed.send(10)).isInstanceOf(ChannelClosedException.class);
        assertThat(closed).containsExactlyElementsOf(numbers(0, 10));
    }

    /// Senders and receivers on two loops and on threads, plain, trying, selecting and cancelled, while the
    /// channel gets its lanes.
    @Test
    void nothingIsLostWhileItGetsLanes() throws Exception {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        var random = new SplittableRandom(seed);
        try (Loops loops = Loops.open(LoopsConfig.defaults().withCount(2))) {
            for (int round = 0; round < 20; round++) {
                new Exchange(loops, random.split(), 8 + random.nextInt(100)).run(seed);
            }
        }
    }

    private static final class Exchange {
        private static final int VALUES = 600;

        private final Loops loops;
        private final SplittableRandom random;
        private final Channel<Integer> channel;
        private final Set<Integer> sent = ConcurrentHashMap.newKeySet();
        private final Set<Integer> received = ConcurrentHashMap.newKeySet();
        private final Set<Integer> twice = ConcurrentHashMap.newKeySet();

        Exchange(Loops loops, SplittableRandom random, int capacity) {
            this.loops = loops;
            this.random = random;
            this.channel = Channel.buffered(capacity);
        }

        void run(long seed) throws Exception {
            Thread thread = threadThatSends(random.split());
            Sluice.callOn(loops.loop(0), "exchange", () -> {
                try (var group = TaskGroup.open()) {
                    for (int party = 0; party < 2; party++) {
                        Loop loop = loops.loop(party);
                        RandomGenerator receiving = random.split();
                        RandomGenerator sending = random.split();
                        int first = (party + 1) * VALUES;
                        group.startOn(loop, "receiver", () -> receive(receiving));
                        group.startOn(loop, "sender", () -> {
                            for (int value = first; value < first + VALUES; value++) {
                                send(sending, value);
                            }
                        });
                    }
                    for (int i = random.nextInt(20); i > 0; i--) {
                        Sluice.yield();
                    }
                    SplitChannel.split(channel);
                    Sluice.offload(() -> {
                        thread.join();
                        return 0;
                    });
                    while (sent.size() + refused.availablePermits() < 3 * VALUES) {
                        Sluice.sleep(Duration.ofMillis(1));
                    }
                    channel.close();
                    group.join();
                }
                return 0;
            });
            assertThat(twice).as("received twice, seed %d", seed).isEmpty();
            assertThat(received).as("seed %d", seed).isEqualTo(sent);
            assertThat(channel.statistics().sent()).as("seed %d", seed).isEqualTo(sent.size());
        }

        private final Semaphore refused = new Semaphore(0);

        private Thread threadThatSends(RandomGenerator mine) {
            return Thread.ofPlatform().start(() -> {
                for (int value = 0; value < VALUES; value++) {
                    send(mine, value);
                }
            });
        }

        private void send(RandomGenerator mine, int value) {
            boolean done = switch (mine.nextInt(8)) {
                case 0 -> channel.trySend(value) == Offer.SENT;
                case 1 -> impatiently(mine, () -> channel.send(value));
                default -> {
                    channel.send(value);
                    yield true;
                }
            };
            if (done) {
                sent.add(value);
            } else {
                refused.release();
            }
        }

        private void receive(RandomGenerator mine) {
            var select = Select.of(channel.onReceive(this::got));
            try {
                while (true) {
                    switch (mine.nextInt(8)) {
                        case 0 -> select.await();
                        case 1 -> impatiently(mine, select::await);
                        case 2 -> impatiently(mine, () -> got(channel.receive()));
                        case 3 -> {
                            if (channel.tryReceive() instanceof Received.Value<Integer>(Integer value)) {
                                got(value);
                            }
                        }
                        default -> got(channel.receive());
                    }
                }
            } catch (ChannelClosedException end) {
                assertThat(channel.statistics().buffered()).isZero();
            }
        }

        private void got(Integer value) {
            if (!received.add(value)) {
                twice.add(value);
            }
        }

        private static boolean impatiently(RandomGenerator mine, Runnable action) {
            Duration patience = Duration.ofNanos(mine.nextInt(50_000));
            return Deadline.after(patience).tryRun(action::run);
        }
    }

    /// Two loops pass values on and on, and no wait of theirs is ever long: timers and others get their turn.
    @Test
    void aLivelyExchangeKeepsNobodyWaiting() {
        try (Loops loops = Loops.open(LoopsConfig.defaults().withCount(2))) {
            Sluice.callOn(loops.loop(0), "exchange", () -> {
                Channel<Integer> channel = SplitChannel.buffered(64);
                try (var group = TaskGroup.open()) {
                    group.startOn(loops.loop(1), "receiver", () -> channel.forEach(value -> {}));
                    for (int round = 0; round < 5; round++) {
                        boolean over = Deadline.after(Duration.ofMillis(20)).tryRun(() -> {
                            while (true) {
                                channel.send(1);
                            }
                        });
                        assertThat(over).isFalse();
                        var meanwhile = group.startOn(loops.loop(1), "meanwhile", () -> 7);
                        group.start("more", () -> {
                            while (!meanwhile.isDone()) {
                                channel.send(1);
                            }
                        });
                        assertThat(meanwhile.get()).isEqualTo(7);
                    }
                    channel.close();
                    group.join();
                }
                return 0;
            });
        }
    }
}
