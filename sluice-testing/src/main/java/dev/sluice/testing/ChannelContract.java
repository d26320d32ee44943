package dev.sluice.testing;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelClosedException;
import dev.sluice.channel.ChannelFailedException;
import dev.sluice.channel.Offer;
import dev.sluice.channel.Received;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every channel does, whoever is at its ends. A kind of channel is tested by a short subclass.
///
/// Each test runs with its parties on one loop, on two, on platform threads, and mixed.
public abstract class ChannelContract {
    /// For the subclass that says which kind.
    protected ChannelContract() {}

    /// A new channel of the kind that is tested.
    protected abstract Channel<Integer> create();

    /// How many values it holds; [Integer#MAX_VALUE] for no limit.
    protected abstract int capacity();

    /// Whether a value may be given up for a newer one.
    protected boolean givesUpOld() {
        return false;
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private boolean bounded() {
        return capacity() != Integer.MAX_VALUE && !givesUpOld();
    }

    private Channel<Integer> full() {
        Channel<Integer> channel = create();
        for (int i = 0; i < capacity(); i++) {
            assertThat(channel.trySend(i)).isEqualTo(Offer.SENT);
        }
        return channel;
    }

    @Test
    void valuesArriveInOrder() {
        everywhere(actors -> {
            Channel<Integer> channel = create();
            List<Integer> received = Collections.synchronizedList(new ArrayList<>());
            actors.start(() -> {
                for (int value : numbers(500)) {
                    channel.send(value);
                }
                channel.close();
            });
            actors.start(() -> channel.forEach(received::add));
            actors.join();
            if (givesUpOld()) {
                assertThat(received).isSorted().doesNotHaveDuplicates().last().isEqualTo(499);
            } else {
                assertThat(received).isEqualTo(numbers(500));
            }
        });
    }

    @Test
    void eachValueGoesToOneReceiver() {
        everywhere(actors -> {
            Channel<Integer> channel = create();
            Set<Integer> received = ConcurrentHashMap.newKeySet();
            List<Integer> twice = Collections.synchronizedList(new ArrayList<>());
            var senders = new ArrayList<CompletableFuture<Void>>();
            for (int sender = 0; sender < 3; sender++) {
                int first = sender * 1000;
                senders.add(actors.start(() -> numbers(200).forEach(value -> channel.send(first + value))));
            }
            for (int receiver = 0; receiver < 3; receiver++) {
                actors.start(() -> {
                    for (Integer value : channel) {
                        if (!received.add(value)) {
                            twice.add(value);
                        }
                    }
                });
            }
            for (var sender : senders) {
                actors.join(sender);
            }
            channel.close();
            actors.join();
            assertThat(twice).isEmpty();
            if (!givesUpOld()) {
                assertThat(received).hasSize(600);
            }
        });
    }

    @Test
    void aReceiverWaitsForAValue() {
        everywhere(actors -> {
            Channel<Integer> channel = create();
            var received = new AtomicReference<Integer>();
            actors.start(() -> received.set(channel.receive()));
            await("a receiver waits", () -> channel.statistics().waitingReceivers() == 1);
            assertThat(received.get()).isNull();
            assertThat(channel.trySend(7)).isEqualTo(Offer.SENT);
            actors.join();
            assertThat(received.get()).isEqualTo(7);
            assertThat(channel.statistics().waitingReceivers()).isZero();
        });
    }

    @Test
    void aSenderWaitsForRoom() {
        if (!bounded()) {
            return; // it never waits: see sendingNeverWaits
        }
        everywhere(actors -> {
            Channel<Integer> channel = full();
            assertThat(channel.trySend(99)).isEqualTo(Offer.FULL);
            var sender = actors.start(() -> channel.send(99));
            await("a sender waits", () -> channel.statistics().waitingSenders() == 1);
            assertThat(sender).isNotDone();
            List<Integer> received = new ArrayList<>();
            for (int i = 0; i <= capacity(); i++) {
                received.add(valueOf(channel.tryReceive()));
            }
            actors.join();
            assertThat(received).containsExactlyInAnyOrderElementsOf(with(numbers(capacity()), 99));
            assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<>());
        });
    }

    @Test
    void sendingNeverWaitsWithoutALimit() {
        if (bounded()) {
            return; // it waits: see aSenderWaitsForRoom
        }
        Channel<Integer> channel = create();
        for (int value : numbers(10_000)) {
            assertThat(channel.trySend(value)).isEqualTo(Offer.SENT);
        }
        assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>(givesUpOld() ? 9_999 : 0));
    }

    @Test
    void waitingReceiversAreServedInTheirOrder() {
        everywhere(actors -> {
            Channel<Integer> channel = create();
            Integer[] received = new Integer[3];
            for (int i = 0; i < 3; i++) {
                int mine = i;
                actors.start(() -> received[mine] = channel.receive());
                await("receiver " + i + " waits", () -> channel.statistics().waitingReceivers() == mine + 1);
            }
            for (int value : numbers(3)) {
                channel.send(value);
            }
            actors.join();
            assertThat(received).containsExactly(0, 1, 2);
        });
    }

    @Test
    void waitingSendersAreServedInTheirOrder() {
        if (!bounded()) {
            return; // none waits
        }
        everywhere(actors -> {
            Channel<Integer> channel = full();
            for (int i = 0; i < 3; i++) {
                int mine = i;
                actors.start(() -> channel.send(capacity() + mine));
                await("sender " + i + " waits", () -> channel.statistics().waitingSenders() == mine + 1);
            }
            for (int value : numbers(capacity() + 3)) {
                assertThat(channel.receive()).isEqualTo(value);
            }
            actors.join();
        });
    }

    @Test
    void closingLetsReceiversDrainAndThenEnds() {
        Channel<Integer> channel = capacity() == 0 ? create() : one();
        assertThat(channel.close()).isTrue();
        assertThat(channel.close()).isFalse();
        assertThat(channel.trySend(5)).isEqualTo(Offer.CLOSED);
        assertThatThrownBy(() -> channel.send(5)).isInstanceOf(ChannelClosedException.class);
        if (capacity() > 0) {
            assertThat(channel.receive()).isEqualTo(1);
        }
        assertThat(channel.tryReceive()).isEqualTo(new Received.Done<>());
        assertThat(channel.receiveOrEnd()).isEqualTo(new Received.Done<>());
        assertThatThrownBy(channel::receive).isInstanceOf(ChannelClosedException.class);
        assertThat(channel.iterator().hasNext()).isFalse();
    }

    private Channel<Integer> one() {
        Channel<Integer> channel = create();
        channel.send(1);
        return channel;
    }

    @Test
    void closingWakesThoseWhoWait() {
        everywhere(actors -> {
            Channel<Integer> empty = create();
            actors.start(() -> assertThatThrownBy(empty::receive).isInstanceOf(ChannelClosedException.class));
            actors.start(() -> assertThat(empty.iterator().hasNext()).isFalse());
            await("receivers wait", () -> empty.statistics().waitingReceivers() == 2);
            empty.close();
            if (bounded()) {
                Channel<Integer> full = full();
                actors.start(() -> assertThatThrownBy(() -> full.send(1)).isInstanceOf(ChannelClosedException.class));
                await("a sender waits", () -> full.statistics().waitingSenders() == 1);
                full.close();
            }
            actors.join();
        });
    }

    @Test
    void aFailureReachesReceiversAfterTheValues() {
        Channel<Integer> channel = capacity() == 0 ? create() : one();
        var cause = new IllegalStateException("broken source");
        assertThat(channel.fail(cause)).isTrue();
        if (capacity() > 0) {
            assertThat(channel.receive()).isEqualTo(1);
        }
        assertThatThrownBy(channel::receive)
                .isInstanceOf(ChannelFailedException.class)
                .hasCause(cause);
        assertThatThrownBy(() -> channel.iterator().hasNext()).isInstanceOf(ChannelFailedException.class);
        assertThat(channel.receiveOrEnd()).isEqualTo(new Received.Failed<>(cause));
        assertThat(channel.tryReceive()).isEqualTo(new Received.Failed<>(cause));
    }

    @Test
    void cancellingGivesBackWhatIsBuffered() {
        everywhere(actors -> {
            Channel<Integer> channel = create();
            int buffered = Math.min(capacity(), 3);
            for (int value : numbers(buffered)) {
                channel.send(value);
            }
            List<Integer> dropped = new ArrayList<>();
            assertThat(channel.cancel(dropped::add)).isTrue();
            assertThat(dropped).isEqualTo(givesUpOld() ? List.of(0) : numbers(buffered));
            assertThat(channel.trySend(1)).isEqualTo(Offer.CLOSED);
            assertThatThrownBy(channel::receive).isInstanceOf(ChannelClosedException.class);
        });
    }

    @Test
    void cancellingGivesBackAllAlthoughTheCallbackFails() {
        Channel<Integer> channel = create();
        int buffered = Math.min(capacity(), 3);
        for (int value : numbers(buffered)) {
            channel.send(value);
        }
        if (buffered > 0) {
            List<Integer> dropped = new ArrayList<>();
            assertThatThrownBy(() -> channel.cancel(value -> {
                        dropped.add(value);
                        throw new IllegalStateException("callback at " + value);
                    }))
                    .hasMessageStartingWith("callback at ");
            assertThat(dropped).hasSize(givesUpOld() ? 1 : buffered);
        }
    }

    @Test
    void aCancelledWaitHasNotHappened() {
        everywhere(actors -> {
            Channel<Integer> channel = create();
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        channel.receive();
                    }))
                    .isFalse());
            await("a receiver waits", () -> channel.statistics().waitingReceivers() == 1);
            scope.get().cancel("enough");
            actors.join();
            assertThat(channel.statistics().waitingReceivers()).isZero();
            if (bounded()) {
                Channel<Integer> full = full();
                actors.start(() -> assertThat(CancelScope.run(own -> {
                            scope.set(own);
                            full.send(99);
                        }))
                        .isFalse());
                await("a sender waits", () -> full.statistics().waitingSenders() == 1);
                scope.get().cancel("enough");
                actors.join();
                full.close();
                List<Integer> left = new ArrayList<>();
                full.forEach(left::add);
                assertThat(left).isEqualTo(numbers(capacity()));
            }
        });
    }

    @Test
    void nothingIsLostOrDoubledWhateverIsCancelled() {
        if (givesUpOld()) {
            return; // it gives values up by itself
        }
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        everywhere(actors -> {
            Channel<Integer> channel = create();
            Set<Integer> sent = ConcurrentHashMap.newKeySet();
            Set<Integer> received = ConcurrentHashMap.newKeySet();
            var senders = new ArrayList<CompletableFuture<Void>>();
            for (int party = 0; party < 3; party++) {
                int first = party * 1000;
                RandomGenerator random = new SplittableRandom(seed + party);
                RandomGenerator other = new SplittableRandom(~seed + party);
                senders.add(actors.start(() -> {
                    for (int i = 0; i < 150; i++) {
                        int value = first + i;
                        if (impatiently(random, () -> channel.send(value))) {
                            sent.add(value);
                        }
                    }
                }));
                actors.start(() -> {
                    while (true) {
                        var value = new Integer[1];
                        try {
                            impatiently(other, () -> value[0] = channel.receive());
                        } catch (ChannelClosedException end) {
                            return;
                        }
                        if (value[0] != null) {
                            assertThat(received.add(value[0]))
                                    .as("%s received twice", value[0])
                                    .isTrue();
                        }
                    }
                });
            }
            for (var sender : senders) {
                actors.join(sender);
            }
            channel.close();
            actors.join();
            assertThat(received).as("seed %d", seed).isEqualTo(sent);
        });
    }

    private static boolean impatiently(RandomGenerator random, Runnable action) {
        int micros = random.nextInt(100);
        return Deadline.after(Duration.ofNanos(micros * 1000L)).tryRun(action::run);
    }

    @Test
    void nullIsNotAValue() {
        assertThatThrownBy(() -> create().send(nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> create().trySend(nothing())).isInstanceOf(NullPointerException.class);
    }

    @SuppressWarnings("NullAway") // the test's purpose
    private static Integer nothing() {
        return null;
    }

    private static Integer valueOf(Received<Integer> received) {
        assertThat(received).isInstanceOf(Received.Value.class);
        return received instanceof Received.Value<Integer>(Integer value) ? value : -1;
    }

    private static List<Integer> with(List<Integer> values, Integer last) {
        List<Integer> all = new ArrayList<>(values);
        all.add(last);
        return all;
    }
}
