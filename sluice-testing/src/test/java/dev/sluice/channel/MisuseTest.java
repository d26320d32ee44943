package dev.sluice.channel;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.sync.Once;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Callbacks that fail, come back or go too far, and channels and selects that stay whole all the same.
class MisuseTest {
    private final Channel<Integer> values = Channel.<Integer>buffered(8).named("values");

    /// A select over one channel and silent ones; with enough of them, and used twice, it keeps its places.
    private static Select<Object> used(int silent, List<Clause<?>> clauses) {
        List<Clause<?>> all = new ArrayList<>(clauses);
        for (int i = 0; i < silent; i++) {
            all.add(Channel.<Integer>rendezvous().onReceive(value -> {}));
        }
        return Select.of(all);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20})
    void aSelectWhoseActionFailsGoesOn(int silent) {
        var select = used(silent, List.of(values.onReceive(value -> {
            if (value % 2 == 0) {
                throw new IllegalStateException("even: " + value);
            }
        })));
        assertThat(select.poll(() -> "none")).isEqualTo("none");
        for (int i = 0; i < 6; i++) {
            values.send(i);
            if (i % 2 == 0) {
                assertThatThrownBy(select::await).hasMessage("even: " + i);
            } else {
                select.await();
            }
        }
        assertThat(select.poll(() -> "none")).isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20})
    void aSelectWhoseSupplierFailsHasDoneNothing(int silent) {
        Channel<Integer> out = Channel.rendezvous();
        boolean[] fails = {true};
        var select = used(
                silent,
                List.of(
                        values.onReceive(value -> {}),
                        out.onSend(() -> 1, () -> {}),
                        out.onSend(
                                () -> {
                                    if (fails[0]) {
                                        throw new IllegalStateException("no value");
                                    }
                                    return 2;
                                },
                                () -> {})));
        values.send(1);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(select::await).hasMessage("no value");
            assertThat(out.tryReceive()).isEqualTo(new Received.Empty<>());
            assertThat(out.statistics().waitingSenders()).isZero();
        }
        fails[0] = false;
        select.await();
        assertThat(values.tryReceive()).isEqualTo(new Received.Empty<>());
        assertThat(out.tryReceive()).isEqualTo(new Received.Empty<>());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20})
    void aSelectMayBeAwaitedInItsOwnActionAndNotInItsSupplier(int silent) {
        List<Integer> got = new ArrayList<>();
        var select = new AtomicReference<Select<Object>>();
        select.set(used(silent, List.of(values.onReceive(value -> {
            got.add(value);
            if (value > 0) {
                select.get().await();
            }
        }))));
        for (int round = 0; round < 3; round++) {
            values.send(2);
            values.send(1);
            values.send(0);
            select.get().await();
            assertThat(got).containsExactly(2, 1, 0);
            got.clear();
        }
        var inside = new AtomicReference<Select<Object>>();
        inside.set(used(
                silent,
                List.of(values.onSend(
                        () -> {
                            inside.get().await();
                            return 1;
                        },
                        () -> {}))));
        assertThatThrownBy(() -> inside.get().await())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one caller at a time");
        assertThat(values.tryReceive()).isEqualTo(new Received.Empty<>());
    }

    @Test
    void twoMayNotAwaitOneSelect() {
        everywhere(actors -> {
            Channel<Integer> channel = Channel.rendezvous();
            var select = Select.of(channel.onReceive(value -> {}));
            actors.start(select::await);
            await("one waits", () -> channel.statistics().waitingReceivers() == 1);
            assertThatThrownBy(select::await).hasMessageContaining("one caller at a time");
            channel.send(1);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20})
    void anActionMayCloseAndCancelWhatItCameFrom(int silent) {
        var select = used(silent, List.of(values.<String>onReceived(received -> {
            values.cancel(left -> {});
            return received.toString();
        })));
        select.poll(() -> "none");
        values.send(1);
        values.send(2);
        assertThat(select.await()).isEqualTo("Value[value=1]");
        assertThat(select.await()).isEqualTo("Done[]");
        assertThat(values.statistics().dropped()).isEqualTo(1);
    }

    @Test
    void whoeverGetsWhatWasGivenUpMayFail() {
        Channel<Integer> newest = Channel.latest(old -> {
            throw new IllegalStateException("given up: " + old);
        });
        newest.send(1);
        assertThatThrownBy(() -> newest.send(2)).hasMessage("given up: 1");
        assertThat(newest.receive()).isEqualTo(2); // it was sent
        newest.send(3);
        assertThatThrownBy(() -> Select.of(newest.onSend(() -> 4, () -> {})).await())
                .hasMessage("given up: 3");
        assertThat(newest.receive()).isEqualTo(4);
    }

    @Test
    void whoeverGetsWhatWasCancelledMayComeBack() {
        for (int i = 0; i < 4; i++) {
            values.send(i);
        }
        List<Object> seen = new ArrayList<>();
        assertThat(values.cancel(value -> {
                    seen.add(value);
                    seen.add(values.trySend(value));
                    seen.add(values.cancel(again -> seen.add("again " + again)));
                    seen.add(values.statistics().buffered());
                }))
                .isTrue();
        assertThat(seen).hasSize(16).contains(Offer.CLOSED).doesNotContain("again 0");
    }

    @Test
    void aRankThatFailsOrUsesItsChannelDoesNoHarm() {
        var self = new AtomicReference<Channel<Integer>>();
        Channel<Integer> ranked = Channel.priority(4, value -> {
            if (value < 0) {
                throw new IllegalArgumentException("rank of " + value);
            }
            return self.get().tryReceive() instanceof Received.Value<Integer>(Integer before) ? before : value;
        });
        self.set(ranked);
        assertThatThrownBy(() -> ranked.send(-1)).hasMessage("rank of -1");
        ranked.send(3);
        ranked.send(1);
        assertThat(ranked.receive()).isEqualTo(1);
        assertThat(ranked.tryReceive()).isEqualTo(new Received.Empty<>());
    }

    @Test
    void thousandsThatWaitAreFreedAtOnce() {
        int many = 20_000;
        Sluice.run(() -> {
            var ended = new AtomicInteger();
            Channel<Integer> channel = Channel.rendezvous();
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < many; i++) {
                    int kind = i % 2;
                    group.start("waiter", () -> {
                        if (kind == 0) {
                            assertThat(channel.receiveOrEnd()).isEqualTo(new Received.Done<>());
                        } else {
                            assertThat(Select.<Object>of(channel.onReceived(end -> end))
                                            .await())
                                    .isEqualTo(new Received.Done<>());
                        }
                        ended.incrementAndGet();
                    });
                }
                await("all wait", () -> {
                    Sluice.yield();
                    return channel.statistics().waitingReceivers() == many;
                });
                channel.close();
                group.join();
            }
            assertThat(ended.get()).isEqualTo(many);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20})
    void aCancelledTaskSelectsInVainAndInAShieldNot(int silent) {
        Sluice.run(() -> {
            var select = used(silent, List.of(values.onReceive(value -> {})));
            select.poll(() -> "none");
            values.send(1);
            var inside = new ArrayList<String>();
            CancelScope.run(scope -> {
                scope.cancel("enough");
                assertThatThrownBy(select::await).hasMessageContaining("enough");
                CancelScope.shield(select::await);
                inside.add("received");
            });
            assertThat(inside).containsExactly("received");
            assertThat(values.tryReceive()).isEqualTo(new Received.Empty<>());
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20})
    void aSelectWhoseTimeIsUpIsAsGoodAsNew(int silent) {
        Sluice.run(() -> {
            var select = used(silent, List.of(values.onReceive(value -> {})));
            for (int i = 0; i < 50; i++) {
                assertThat(Deadline.after(ofNanos(i * 1_000L)).tryRun(select::await))
                        .isFalse();
                assertThat(values.statistics().waitingReceivers()).isZero();
            }
            values.send(1);
            Deadline.after(ofSeconds(60)).run(select::await);
        });
    }

    @Test
    void breakingOutOfALoopLosesNothing() {
        IntStream.range(0, 4).forEach(values::send);
        values.close();
        List<Integer> seen = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            for (int value : values) {
                seen.add(value);
                break;
            }
        }
        assertThat(seen).containsExactly(0, 1, 2, 3);
    }

    @Test
    void aBroadcastIsUsedFromWithinItself() {
        Broadcast<Integer> news = Broadcast.buffered(4);
        var first = news.subscribe(Broadcast.Lag.WAIT);
        news.send(1);
        var second = new AtomicReference<Broadcast.Subscription<Integer>>();
        Select.of(first.onReceive(value -> {
                    second.set(news.subscribe(Broadcast.Lag.FAIL));
                    first.close();
                    first.close();
                    news.send(value + 1);
                }))
                .await();
        assertThat(second.get().receive()).isEqualTo(2);
        assertThatThrownBy(first::receive).isInstanceOf(ChannelClosedException.class);
        news.close();
        assertThatThrownBy(() -> second.get().receive()).isInstanceOf(ChannelClosedException.class);
    }

    @Test
    void aCallbackThatFailsEachTimeInTheSameWayGetsEverything() {
        for (Throwable same : List.of(new IllegalStateException("again"), new AssertionError("again"))) {
            Channel<Integer> channel = Channel.buffered(4);
            IntStream.range(0, 4).forEach(channel::send);
            List<Integer> handed = new ArrayList<>();
            assertThatThrownBy(() -> channel.cancel(value -> {
                        handed.add(value);
                        if (same instanceof Error error) {
                            throw error;
                        }
                        throw (RuntimeException) same;
                    }))
                    .isSameAs(same);
            assertThat(handed).containsExactly(0, 1, 2, 3);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what it is about
    void aMissingCallbackIsToldBeforeAValueIsTaken() {
        values.send(1);
        assertThatNullPointerException().isThrownBy(() -> values.cancel(null)).withMessage("dropped");
        assertThatNullPointerException()
                .isThrownBy(() -> values.onReceive(null))
                .withMessage("then");
        assertThatNullPointerException()
                .isThrownBy(() -> values.onReceived(null))
                .withMessage("then");
        assertThatNullPointerException().isThrownBy(() -> values.onClosed(null)).withMessage("then");
        assertThatNullPointerException()
                .isThrownBy(() -> values.onSend(null, () -> {}))
                .withMessage("value");
        assertThatNullPointerException()
                .isThrownBy(() -> values.onSend(() -> 2, null))
                .withMessage("then");
        assertThatNullPointerException()
                .isThrownBy(() -> Clause.after(ofSeconds(1), null))
                .withMessage("then");
        assertThatNullPointerException().isThrownBy(() -> Channel.latest(null)).withMessage("dropped");
        assertThatNullPointerException()
                .isThrownBy(() -> Channel.priority(1, null))
                .withMessage("rank");
        assertThatNullPointerException()
                .isThrownBy(() -> Channel.delayed(1, null))
                .withMessage("delay");
        try (var news = Broadcast.<Integer>buffered(1).subscribe(Broadcast.Lag.WAIT)) {
            assertThatNullPointerException().isThrownBy(() -> news.cancel(null)).withMessage("dropped");
            assertThat(news.tryReceive()).isEqualTo(new Received.Empty<>());
        }
        assertThat(values.tryReceive()).isEqualTo(new Received.Value<>(1));
    }

    @Test
    void aOnceThatNeedsItselfSaysSo() {
        Once<Integer> once = new Once<>("self");
        assertThatThrownBy(() -> once.get(() -> once.get(() -> 1))).hasMessageContaining("self");
        assertThat(once.get(() -> 2)).isEqualTo(2);
    }
}
