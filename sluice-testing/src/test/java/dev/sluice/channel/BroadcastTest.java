package dev.sluice.channel;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Broadcast.Subscription;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Each value to each subscription.
class BroadcastTest {
    private final Broadcast<Integer> broadcast = Broadcast.<Integer>buffered(2).named("numbers");

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void everySubscriptionSeesEverythingInTheSameOrder() {
        everywhere(actors -> {
            Broadcast<Integer> numbers = Broadcast.buffered(8);
            List<List<Integer>> seen = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Subscription<Integer> own = numbers.subscribe(Lag.WAIT);
                List<Integer> values = Collections.synchronizedList(new ArrayList<>());
                seen.add(values);
                actors.start(() -> own.forEach(values::add));
            }
            var first = actors.start(() -> numbers(300).forEach(numbers::send));
            var second = actors.start(() -> numbers(300).forEach(value -> numbers.send(1000 + value)));
            actors.join(first);
            actors.join(second);
            numbers.close();
            actors.join();
            assertThat(seen.get(0)).hasSize(600).isEqualTo(seen.get(1)).isEqualTo(seen.get(2));
            assertThat(seen.get(0).stream().filter(value -> value < 1000)).isEqualTo(numbers(300));
        });
    }

    @Test
    void withoutSubscriptionsValuesGoNowhere() {
        for (int value : numbers(10)) {
            assertThat(broadcast.trySend(value)).isEqualTo(Offer.SENT);
        }
        Subscription<Integer> late = broadcast.subscribe(Lag.WAIT);
        assertThat(late.tryReceive()).isEqualTo(new Received.Empty<>());
        broadcast.send(10);
        assertThat(late.receive()).isEqualTo(10);
    }

    @Test
    void aSenderWaitsForTheSlowest() {
        everywhere(actors -> {
            Broadcast<Integer> numbers = Broadcast.buffered(2);
            Subscription<Integer> fast = numbers.subscribe(Lag.WAIT);
            Subscription<Integer> slow = numbers.subscribe(Lag.WAIT);
            numbers.send(0);
            numbers.send(1);
            assertThat(numbers.trySend(2)).isEqualTo(Offer.FULL);
            assertThat(List.of(fast.receive(), fast.receive())).containsExactly(0, 1);
            actors.start(() -> numbers.send(2));
            await("the sender waits", () -> numbers.statistics().waitingSenders() == 1);
            assertThat(fast.tryReceive()).isEqualTo(new Received.Empty<>());
            assertThat(slow.receive()).isEqualTo(0);
            actors.join();
            assertThat(fast.receive()).isEqualTo(2);
            assertThat(List.of(slow.receive(), slow.receive())).containsExactly(1, 2);
        });
    }

    @Test
    void theSlowMayLoseTheOldest() {
        Subscription<Integer> slow = broadcast.subscribe(Lag.DROP_OLDEST);
        numbers(5).forEach(broadcast::send);
        assertThat(slow.statistics()).isEqualTo(new Broadcast.SubscriptionStatistics(Lag.DROP_OLDEST, 2, 0, 0, 3));
        assertThat(List.of(slow.receive(), slow.receive())).containsExactly(3, 4);
        assertThat(slow.tryReceive()).isEqualTo(new Received.Empty<>());
    }

    @Test
    void theSlowMayFail() {
        Subscription<Integer> slow = broadcast.subscribe(Lag.FAIL);
        numbers(3).forEach(broadcast::send);
        assertThatThrownBy(slow::receive)
                .isInstanceOf(Broadcast.LaggedException.class)
                .hasMessage("receive from numbers: behind=3, expected at most 2");
        assertThatThrownBy(() -> slow.iterator().hasNext()).isInstanceOf(Broadcast.LaggedException.class);
        assertThat(slow.tryReceive()).isInstanceOf(Received.Failed.class);
        assertThat(broadcast.statistics().subscriptions()).isEmpty();
        broadcast.send(3);
    }

    @Test
    void closingLetsSubscriptionsDrain() {
        Subscription<Integer> one = broadcast.subscribe(Lag.WAIT);
        broadcast.send(1);
        assertThat(broadcast.close()).isTrue();
        assertThat(broadcast.close()).isFalse();
        assertThatThrownBy(() -> broadcast.send(2)).isInstanceOf(ChannelClosedException.class);
        assertThat(one.receive()).isEqualTo(1);
        assertThat(one.receiveOrEnd()).isEqualTo(new Received.Done<>());
        assertThatThrownBy(one::receive).isInstanceOf(ChannelClosedException.class);
        assertThat(broadcast.subscribe(Lag.WAIT).iterator().hasNext()).isFalse();
    }

    @Test
    void aFailureReachesAllAfterTheValues() {
        Subscription<Integer> one = broadcast.subscribe(Lag.WAIT);
        broadcast.send(1);
        var cause = new IllegalStateException("broken source");
        broadcast.fail(cause);
        assertThat(one.receive()).isEqualTo(1);
        assertThatThrownBy(one::receive)
                .isInstanceOf(ChannelFailedException.class)
                .hasCause(cause);
    }

    @Test
    void closingWakesAllWhoWait() {
        everywhere(actors -> {
            Broadcast<Integer> full = Broadcast.buffered(1);
            Subscription<Integer> slow = full.subscribe(Lag.WAIT);
            full.send(0);
            Subscription<Integer> empty = full.subscribe(Lag.WAIT);
            actors.start(() -> assertThatThrownBy(empty::receive).isInstanceOf(ChannelClosedException.class));
            actors.start(() -> assertThatThrownBy(() -> full.send(1)).isInstanceOf(ChannelClosedException.class));
            await(
                    "both wait",
                    () -> full.statistics().waitingSenders() == 1
                            && empty.statistics().waitingReceivers() == 1);
            full.close();
            actors.join();
            assertThat(slow.receive()).isZero();
        });
    }

    @Test
    void leavingLetsSendersIn() {
        everywhere(actors -> {
            Broadcast<Integer> numbers = Broadcast.buffered(1);
            Subscription<Integer> slow = numbers.subscribe(Lag.WAIT);
            Subscription<Integer> other = numbers.subscribe(Lag.DROP_OLDEST);
            numbers.send(0);
            actors.start(() -> numbers.send(1));
            await("the sender waits", () -> numbers.statistics().waitingSenders() == 1);
            List<Integer> left = new ArrayList<>();
            assertThat(slow.cancel(left::add)).isTrue();
            assertThat(slow.cancel(left::add)).isFalse();
            actors.join();
            assertThat(left).containsExactly(0);
            assertThat(slow.tryReceive()).isEqualTo(new Received.Done<>());
            assertThat(other.receive()).isEqualTo(1);
            assertThat(other.statistics().dropped()).isEqualTo(1);
        });
    }

    @Test
    void aCancelledSendHasHappenedForNone() {
        everywhere(actors -> {
            Broadcast<Integer> numbers = Broadcast.buffered(1);
            Subscription<Integer> slow = numbers.subscribe(Lag.WAIT);
            Subscription<Integer> other = numbers.subscribe(Lag.DROP_OLDEST);
            numbers.send(0);
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        numbers.send(1);
                    }))
                    .isFalse());
            await("the sender waits", () -> numbers.statistics().waitingSenders() == 1);
            scope.get().cancel("enough");
            actors.join();
            numbers.close();
            assertThat(slow).containsExactly(0);
            assertThat(other).containsExactly(0);
        });
    }

    @Test
    void bothEndsAreClauses() {
        everywhere(actors -> {
            Broadcast<Integer> numbers = Broadcast.buffered(1);
            Subscription<Integer> one = numbers.subscribe(Lag.WAIT);
            Subscription<Integer> two = numbers.subscribe(Lag.WAIT);
            List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
            actors.start(() -> {
                var select = Select.of(one.onReceive(seen::add), two.onReceive(seen::add));
                for (int i = 0; i < 400; i++) {
                    select.await();
                }
            });
            actors.start(() -> {
                for (int value : numbers(200)) {
                    Select.of(numbers.onSend(() -> value, () -> {}), Clause.after(Duration.ofDays(1), () -> {}))
                            .await();
                }
            });
            actors.join();
            assertThat(seen).hasSize(400).allMatch(value -> Collections.frequency(seen, value) == 2);
        });
    }

    @Tag("needs-opens")
    @Simulated(seeds = 200)
    void allOrNoneWhateverIsCancelled(Simulation simulation) {
        Broadcast<Integer> numbers = Broadcast.buffered(3);
        List<Integer> sent = new ArrayList<>();
        List<List<Integer>> seen = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<Subscription<Integer>> subscriptions =
                List.of(numbers.subscribe(Lag.WAIT), numbers.subscribe(Lag.WAIT), numbers.subscribe(Lag.DROP_OLDEST));
        try (var group = TaskGroup.open()) {
            var senders = new ArrayList<Task<?>>();
            for (int i = 0; i < 2; i++) {
                int first = i * 1000;
                senders.add(group.start("sender-" + i, () -> {
                    for (int value = first; value < first + 40; value++) {
                        int mine = value;
                        if (hurried(simulation, () -> numbers.send(mine))) {
                            sent.add(mine);
                        }
                    }
                }));
            }
            for (int i = 0; i < 3; i++) {
                var own = subscriptions.get(i);
                var values = seen.get(i);
                group.start("receiver-" + i, () -> {
                    boolean[] over = {false};
                    while (!over[0]) {
                        hurried(simulation, () -> {
                            switch (own.receiveOrEnd()) {
                                case Received.Value<Integer>(Integer value) -> values.add(value);
                                default -> over[0] = true;
                            }
                        });
                    }
                });
            }
            senders.forEach(Task::outcome);
            numbers.close();
            group.join();
        }
        assertThat(seen.get(0)).isEqualTo(seen.get(1)).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(seen.get(0)).containsSubsequence(seen.get(2));
        assertThat(seen.get(2).size() + subscriptions.get(2).statistics().dropped())
                .isEqualTo(sent.size());
        assertThat(numbers.statistics().sent()).isEqualTo(sent.size());
    }

    private static boolean hurried(Simulation simulation, Runnable action) {
        return Deadline.after(Duration.ofNanos(1 + simulation.random().nextInt(60)))
                .tryRun(action::run);
    }
}
