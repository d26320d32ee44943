package dev.sluice.channel;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One wait over several ends.
class SelectTest {
    private final Channel<Integer> left = Channel.rendezvous();
    private final Channel<Integer> right = Channel.rendezvous();

    @Test
    void takesWhatIsThere() {
        Channel<Integer> buffered = Channel.buffered(1);
        buffered.send(7);
        int chosen = Select.<Integer>of(left.onReceived(r -> -1), buffered.onReceived(SelectTest::value))
                .await();
        assertThat(chosen).isEqualTo(7);
    }

    @Test
    void waitsForTheFirst() {
        everywhere(actors -> {
            var chosen = new AtomicReference<Integer>();
            actors.start(() -> chosen.set(
                    Select.<Integer>of(left.onReceived(SelectTest::value), right.onReceived(SelectTest::value))
                            .await()));
            await("the select waits at both", () -> waiting(left) == 1 && waiting(right) == 1);
            right.send(8);
            actors.join();
            assertThat(chosen.get()).isEqualTo(8);
            assertThat(waiting(left) + waiting(right)).isZero();
        });
    }

    @Test
    void sendsAndReceivesOnOneChannelWithoutMeetingItself() {
        everywhere(actors -> {
            Channel<Integer> channel = Channel.rendezvous();
            var sent = new AtomicInteger();
            var select = Select.of(channel.onReceive(v -> {}), channel.onSend(() -> 5, sent::incrementAndGet));
            actors.start(select::await);
            await("it waits at both ends", () -> channel.statistics().waitingSenders() == 1 && waiting(channel) == 1);
            assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>(5));
            actors.join();
            assertThat(sent.get()).isEqualTo(1);
            assertThat(waiting(channel)).isZero();
        });
    }

    @Test
    void theSameChannelMayAppearTwice() {
        Channel<Integer> buffered = Channel.buffered(2);
        buffered.send(1);
        var chosen = new ArrayList<String>();
        Select.of(buffered.onReceive(v -> chosen.add("a")), buffered.onReceive(v -> chosen.add("b")))
                .await();
        assertThat(chosen).hasSize(1);
        assertThat(buffered.tryReceive()).isEqualTo(new Received.Empty<>());
    }

    @Test
    void selectsInOppositeOrderMeet() {
        everywhere(actors -> {
            int rounds = 2_000;
            var moved = new AtomicInteger();
            actors.start(() -> {
                for (int i = 0; i < rounds; i++) {
                    Select.of(left.onSend(() -> 1, () -> {}), right.onSend(() -> 2, () -> {}))
                            .await();
                }
            });
            actors.start(() -> {
                var select = Select.of(right.onReceive(moved::addAndGet), left.onReceive(moved::addAndGet));
                for (int i = 0; i < rounds; i++) {
                    select.await();
                }
            });
            actors.join();
            assertThat(moved.get()).isBetween(rounds, 2 * rounds);
        });
    }

    @Test
    void choosesFairlyAmongWhatIsPossible() {
        Channel<Integer> a = Channel.unlimited();
        Channel<Integer> b = Channel.unlimited();
        int[] chosen = new int[2];
        for (int i = 0; i < 4_000; i++) {
            a.send(i);
            b.send(i);
        }
        var select = Select.of(a.onReceive(v -> chosen[0]++), b.onReceive(v -> chosen[1]++));
        for (int i = 0; i < 4_000; i++) {
            select.await();
        }
        // 4000 throws of a fair coin stay within 400 of the middle but for one run in 10^35.
        assertThat(chosen[0]).isBetween(1_600, 2_400);
    }

    @Test
    void choosesFairlyAmongThreeOfWhichOneIsNever() {
        Channel<Integer> a = Channel.unlimited();
        Channel<Integer> b = Channel.unlimited();
        int[] chosen = new int[2];
        for (int i = 0; i < 4_000; i++) {
            a.send(i);
            b.send(i);
        }
        var select = Select.of(a.onReceive(v -> chosen[0]++), left.onReceive(v -> {}), b.onReceive(v -> chosen[1]++));
        for (int i = 0; i < 4_000; i++) {
            select.await();
        }
        assertThat(chosen[0]).isBetween(1_600, 2_400);
    }

    @Test
    void whatHasHappenedIsNotStarvedByChannels() {
        Channel<Integer> values = Channel.unlimited();
        var over = new Promise<String>("over");
        over.complete("over");
        int[] chosen = new int[2];
        for (int i = 0; i < 1_000; i++) {
            values.send(i);
        }
        var select = Select.of(values.onReceive(v -> chosen[0]++), over.onEnd(end -> chosen[1]++));
        for (int i = 0; i < 1_000; i++) {
            select.await();
        }
        assertThat(chosen[1]).isBetween(300, 700);
    }

    @Test
    void aTimeoutBeyondAllTimeIsNone() {
        everywhere(actors -> {
            Channel<Integer> channel = Channel.rendezvous();
            var received = new AtomicInteger();
            actors.start(() -> Select.of(
                            channel.onReceive(received::set),
                            Clause.after(ChronoUnit.FOREVER.getDuration(), () -> received.set(-1)))
                    .await());
            await("the select waits", () -> waiting(channel) == 1);
            channel.send(6);
            actors.join();
            assertThat(received.get()).isEqualTo(6);
        });
    }

    @Test
    void aClauseMayNotAppearTwice() {
        Clause<Void> clause = left.onReceive(v -> {});
        assertThatThrownBy(() -> Select.of(clause, clause))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void aBiasedSelectPrefersTheFirst() {
        Channel<Integer> a = Channel.unlimited();
        Channel<Integer> b = Channel.unlimited();
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            a.send(i);
            b.send(i);
        }
        var select = Select.of(a.onReceive(v -> chosen.add("a")), b.onReceive(v -> chosen.add("b")))
                .biased();
        for (int i = 0; i < 6; i++) {
            select.await();
        }
        assertThat(chosen).containsExactly("a", "a", "a", "b", "b", "b");
    }

    @Test
    void pollsWithoutWaiting() {
        var select = Select.<String>of(left.onReceived(r -> "left"), right.onReceived(r -> "right"));
        assertThat(select.poll(() -> "nothing")).isEqualTo("nothing");
        assertThat(waiting(left)).isZero();
        Channel<Integer> buffered = Channel.buffered(1);
        buffered.send(1);
        assertThat(Select.<String>of(left.onReceived(r -> "left"), buffered.onReceived(r -> "value"))
                        .poll(() -> "nothing"))
                .isEqualTo("value");
    }

    @Test
    void aTimeoutOfNothingIsChosenAtOnceAndLeavesNobodyWaiting() {
        var select = Select.<String>of(
                left.onReceived(r -> "value"), Clause.afterwards(Duration.ZERO, () -> "nothing is there"));
        for (int i = 0; i < 3; i++) {
            assertThat(select.await()).isEqualTo("nothing is there");
            assertThat(waiting(left)).isZero();
        }
        assertThat(left.trySend(1)).isEqualTo(Offer.FULL);
    }

    @Test
    void whoGetsAValueThatWasGivenUpMaySuspend() {
        everywhere(actors -> {
            Channel<Integer> leftovers = Channel.rendezvous();
            Channel<Integer> newest = Channel.latest(leftovers::send);
            newest.send(1);
            var sent = new AtomicInteger();
            var select = Select.of(newest.onSend(() -> 2, sent::incrementAndGet), left.onReceive(v -> {}));
            actors.start(select::await);
            actors.start(() -> assertThat(leftovers.receive()).isEqualTo(1));
            actors.join();
            assertThat(sent.get()).isEqualTo(1);
            assertThat(newest.tryReceive()).isEqualTo(new Received.Value<>(2));
        });
    }

    @Test
    @Tag("needs-opens")
    void aTimeoutIsAClauseAndLeavesNoTimer() {
        Simulation.seed(1).run(() -> {
            long before = Loop.current().statistics().now().timers();
            for (int i = 0; i < 100; i++) {
                String chosen = Select.<String>of(
                                left.onReceived(r -> "value"), Clause.afterwards(Duration.ofSeconds(5), () -> "late"))
                        .await();
                assertThat(chosen).isEqualTo("late");
            }
            assertThat(Loop.current().statistics().now().timers()).isEqualTo(before);
            assertThat(waiting(left)).isZero();
        });
    }

    @Test
    @Tag("needs-opens")
    void aValueThatComesFirstDisarmsTheTimeout() {
        Simulation.seed(2).run(() -> {
            try (var group = dev.sluice.task.TaskGroup.open()) {
                long before = Loop.current().statistics().now().timers();
                group.start("sender", () -> {
                    Sluice.sleep(Duration.ofSeconds(1));
                    left.send(3);
                });
                int[] received = {0};
                Select.of(
                                left.onReceive(v -> received[0] = v),
                                Clause.after(Duration.ofDays(1), () -> received[0] = -1))
                        .await();
                assertThat(received[0]).isEqualTo(3);
                group.join();
                assertThat(Loop.current().statistics().now().timers()).isEqualTo(before);
            }
        });
    }

    @Test
    void aCancelledSelectHasDoneNothing() {
        everywhere(actors -> {
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        Select.of(left.onReceive(v -> {}), right.onSend(() -> 1, () -> {}))
                                .await();
                    }))
                    .isFalse());
            await("it waits", () -> waiting(left) == 1 && right.statistics().waitingSenders() == 1);
            scope.get().cancel("enough");
            actors.join();
            assertThat(left.trySend(1)).isEqualTo(Offer.FULL);
            assertThat(right.tryReceive()).isEqualTo(new Received.Empty<>());
            assertThat(right.statistics().waitingSenders()).isZero();
        });
    }

    @Test
    void aClosedEndIsChosenAndSaysSo() {
        Channel<Integer> closed = Channel.rendezvous();
        closed.close();
        assertThatThrownBy(() -> Select.of(closed.onReceive(v -> {})).await())
                .isInstanceOf(ChannelClosedException.class);
        assertThatThrownBy(() -> Select.of(closed.onSend(() -> 1, () -> {})).await())
                .isInstanceOf(ChannelClosedException.class);
        assertThat(Select.<Boolean>of(closed.onReceived(r -> r instanceof Received.Done))
                        .await())
                .isTrue();
    }

    @Test
    void closingWakesASelect() {
        everywhere(actors -> {
            Channel<Integer> channel = Channel.rendezvous();
            actors.start(() -> assertThatThrownBy(() -> Select.of(channel.onReceive(v -> {}), left.onReceive(v -> {}))
                            .await())
                    .isInstanceOf(ChannelClosedException.class));
            await("it waits", () -> waiting(channel) == 1 && waiting(left) == 1);
            channel.close();
            actors.join();
            assertThat(waiting(left)).isZero();
        });
    }

    @Test
    @Tag("needs-opens")
    void thousandsOfClausesAreReused() {
        List<Channel<Integer>> channels = new ArrayList<>();
        List<Clause<Integer>> clauses = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Channel<Integer> channel = Channel.rendezvous();
            channels.add(channel);
            clauses.add(channel.onReceived(SelectTest::value));
        }
        Simulation.seed(3).run(() -> {
            var select = Select.of(clauses);
            try (var group = dev.sluice.task.TaskGroup.open()) {
                group.start("senders", () -> {
                    for (int i = 0; i < 2_000; i += 97) {
                        channels.get(i).send(i);
                    }
                });
                for (int i = 0; i < 2_000; i += 97) {
                    assertThat(select.await()).isEqualTo(i);
                }
                group.join();
            }
            assertThat(channels).allMatch(channel -> waiting(channel) == 0);
        });
    }

    @Test
    @Tag("needs-opens")
    void nothingIsLostWhateverIsCancelled() throws Exception {
        Simulation.seeds(200, simulation -> {
            Channel<Integer> a = Channel.rendezvous();
            Channel<Integer> b = Channel.buffered(2);
            List<Integer> sent = new ArrayList<>();
            List<Integer> received = new ArrayList<>();
            try (var group = dev.sluice.task.TaskGroup.open()) {
                var senders = group.start("sender", () -> {
                    for (int i = 0; i < 40; i++) {
                        int value = i;
                        int[] done = {0};
                        Deadline.after(Duration.ofNanos(simulation.random().nextInt(50)))
                                .tryRun(() -> Select.of(
                                                a.onSend(() -> value, () -> done[0]++),
                                                b.onSend(() -> value, () -> done[0]++))
                                        .await());
                        if (done[0] == 1) {
                            sent.add(value);
                        }
                    }
                });
                group.start("receiver", () -> {
                    var select = Select.of(a.onReceive(received::add), b.onReceive(received::add));
                    try {
                        while (true) {
                            Deadline.after(Duration.ofNanos(simulation.random().nextInt(50)))
                                    .tryRun(select::await);
                        }
                    } catch (ChannelClosedException end) {
                        b.forEach(received::add);
                    }
                });
                senders.outcome();
                a.close();
                b.close();
                group.join();
            }
            assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
        });
    }

    private static int waiting(Channel<?> channel) {
        return channel.statistics().waitingReceivers();
    }

    private static int value(Received<Integer> received) {
        return received instanceof Received.Value<Integer>(Integer value) ? value : -1;
    }
}
