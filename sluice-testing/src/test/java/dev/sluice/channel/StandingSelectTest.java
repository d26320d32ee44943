package dev.sluice.channel;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulation;
import dev.sluice.testing.Simulation.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Selects over many channels that are used again: their places stay in the queues between the waits.
class StandingSelectTest {
    private static final int MANY = 64;

    private static <T> List<Channel<T>> channels(int count, Supplier<Channel<T>> kind) {
        return IntStream.range(0, count)
                .mapToObj(i -> kind.get().named("c" + i))
                .toList();
    }

    private static int value(Received<Integer> received) {
        return received instanceof Received.Value<Integer>(Integer value) ? value : -1;
    }

    private static List<Clause<Integer>> receives(List<Channel<Integer>> channels) {
        List<Clause<Integer>> clauses = new ArrayList<>();
        channels.forEach(channel -> clauses.add(channel.onReceived(StandingSelectTest::value)));
        return clauses;
    }

    /// A select that has been used, so that its places stay.
    private static Select<Integer> standing(List<Channel<Integer>> channels) {
        var select = Select.of(receives(channels));
        assertThat(select.poll(() -> -2)).isEqualTo(-2);
        assertThat(select.poll(() -> -2)).isEqualTo(-2);
        assertThat(select.standing).isNotNull();
        return select;
    }

    private static <T> T other(Supplier<T> body) {
        return Sluice.call(body::get);
    }

    // ---- what a wait costs

    @Test
    @Tag("needs-opens")
    void aWaitCostsWhatHappensNotHowManyClausesThereAre() {
        int many = 3_000;
        int rounds = 500;
        Simulation.seed(1).run(() -> {
            List<Channel<Integer>> channels = channels(many, Channel::rendezvous);
            var select = standing(channels);
            try (var group = TaskGroup.open()) {
                group.start("sender", () -> {
                    for (int i = 0; i < rounds; i++) {
                        channels.get(i * 7 % many).send(i);
                    }
                });
                long before = requireNonNull(select.standing).enqueued();
                assertThat(before).isEqualTo(many);
                for (int i = 0; i < rounds; i++) {
                    assertThat(select.await()).isEqualTo(i);
                }
                // Each wait found one value, and put that place back.
                assertThat(requireNonNull(select.standing).enqueued() - before).isLessThanOrEqualTo(2L * rounds);
                group.join();
            }
        });
    }

    @Test
    void aSelectThatIsUsedOnceLeavesNoPlace() {
        List<Channel<Integer>> channels = channels(MANY, () -> Channel.buffered(1));
        channels.getFirst().send(1);
        var select = Select.of(receives(channels));
        assertThat(select.await()).isEqualTo(1);
        assertThat(select.standing).isNull();
        assertThat(channels).allMatch(channel -> queue(channel) == 0);
    }

    @Test
    void placesOfForgottenSelectsGo() {
        List<Channel<Integer>> channels = channels(StandingSelect.LEAST, Channel::rendezvous);
        await("forgotten places are taken out", () -> {
            for (int i = 0; i < 64; i++) {
                standing(channels);
            }
            System.gc();
            standing(channels); // may sweep
            return channels.stream().allMatch(channel -> queue(channel) <= 64);
        });
    }

    private static int queue(Channel<?> channel) {
        return ((LockedChannel<?>) channel).receivers().size();
    }

    // ---- between the waits

    @Test
    void aPlaceBetweenWaitsIsNobodyWhoWaits() {
        List<Channel<Integer>> channels = channels(MANY, Channel::rendezvous);
        var select = standing(channels);
        assertThat(channels).allMatch(channel -> channel.statistics().waitingReceivers() == 0);
        assertThat(channels.get(3).trySend(1)).isEqualTo(Offer.FULL);
        assertThat(select.poll(() -> -2)).isEqualTo(-2);
    }

    @Test
    void whatComesBetweenTheWaitsIsFound() {
        List<Channel<Integer>> channels = channels(MANY, () -> Channel.buffered(2));
        var select = standing(channels);
        channels.get(5).send(1);
        channels.get(5).send(2);
        channels.get(9).close();
        List<Integer> got = new ArrayList<>(List.of(select.await(), select.await(), select.await()));
        while (!got.containsAll(List.of(1, 2, -1))) {
            got.add(select.await()); // the end is found again and again
        }
        assertThat(got.stream().filter(value -> value > 0)).containsExactly(1, 2);
    }

    @Test
    void whatAnotherHasTakenIsWaitedForAgain() {
        everywhere(actors -> {
            List<Channel<Integer>> channels = channels(MANY, () -> Channel.buffered(2));
            actors.start(() -> {
                var select = standing(channels);
                channels.get(5).send(1);
                assertThat(channels.get(5).receive()).isEqualTo(1); // the place has been hinted for nothing
                assertThat(select.await()).isEqualTo(2);
            });
            await("the select waits", () -> channels.get(5).statistics().waitingReceivers() == 1);
            channels.get(5).send(2);
        });
    }

    @Test
    void aSenderThatWaitsMeetsTheNextWait() {
        everywhere(actors -> {
            List<Channel<Integer>> channels = channels(MANY, Channel::rendezvous);
            Promise<String> used = new Promise<>("used");
            actors.start(() -> {
                var select = standing(channels);
                used.complete("twice");
                channels.get(1).trySend(7); // hints
                assertThat(select.await()).isEqualTo(8);
                assertThat(select.await()).isEqualTo(9);
            });
            actors.start(() -> {
                used.await();
                channels.get(2).send(8);
                channels.get(1).send(9);
            });
        });
    }

    // ---- what a select is

    @Test
    void choosesFairly() {
        List<Channel<Integer>> channels = channels(MANY, Channel::unlimited);
        var select = standing(channels);
        for (int i = 0; i < 2_000; i++) {
            channels.get(3).send(0);
            channels.get(60).send(1);
        }
        int[] chosen = new int[2];
        for (int i = 0; i < 2_000; i++) {
            chosen[select.await()]++;
        }
        // 2000 throws of a fair coin stay within 300 of the middle but for one run in 10^40.
        assertThat(chosen[0]).isBetween(700, 1_300);
    }

    @Test
    void prefersInTheGivenOrderIfAsked() {
        List<Channel<Integer>> channels = channels(MANY, Channel::unlimited);
        var select = Select.of(receives(channels)).biased();
        select.poll(() -> -2);
        select.poll(() -> -2);
        for (int at : new int[] {40, 7, 63, 7, 12}) {
            channels.get(at).send(at);
        }
        int[] got = IntStream.range(0, 4).map(i -> select.await()).toArray();
        channels.get(1).send(1);
        assertThat(got).containsExactly(7, 7, 12, 40);
        assertThat(select.await()).isEqualTo(1);
        assertThat(select.await()).isEqualTo(63);
        assertThat(select.poll(() -> -2)).isEqualTo(-2);
    }

    @Test
    void aValueToSendIsMadeAnewForEachWait() {
        List<Channel<Integer>> channels = channels(MANY, () -> Channel.buffered(1));
        Channel<Integer> out = Channel.rendezvous();
        var made = new AtomicInteger();
        List<Clause<?>> clauses = new ArrayList<>(receives(channels));
        clauses.add(out.onSend(made::incrementAndGet, () -> {}));
        Select<Object> select = Select.of(clauses);
        for (int i = 1; i <= 4; i++) {
            channels.get(i).send(i);
            assertThat(select.await()).isEqualTo(i);
            assertThat(made.get()).isEqualTo(i);
            assertThat(out.statistics().waitingSenders()).isZero();
            assertThat(out.tryReceive()).isEqualTo(new Received.Empty<>());
        }
    }

    @Test
    @Tag("needs-opens")
    void aWaitThatIsCancelledLeavesNoValueToSend() {
        Simulation.seed(4).run(() -> {
            Channel<Integer> out = Channel.rendezvous();
            List<Clause<?>> clauses = new ArrayList<>(receives(channels(MANY, Channel::rendezvous)));
            clauses.add(out.onSend(() -> 1, () -> {}));
            Select<Object> select = Select.of(clauses);
            for (int use = 0; use < 3; use++) {
                assertThat(Deadline.after(ofSeconds(1)).tryRun(select::await)).isFalse();
                assertThat(out.statistics().waitingSenders()).isZero();
                assertThat(out.tryReceive()).isEqualTo(new Received.Empty<>());
            }
        });
    }

    @Test
    @Tag("needs-opens")
    void timesAndEndsAreClausesToo() {
        Simulation simulation = Simulation.seed(2);
        simulation.run(() -> {
            List<Channel<Integer>> channels = channels(MANY, Channel::rendezvous);
            Promise<String> over = new Promise<>("over");
            List<Clause<Integer>> clauses = new ArrayList<>(receives(channels));
            clauses.add(Clause.afterwards(ofSeconds(1), () -> -10));
            clauses.add(over.onEnd(end -> -20));
            var select = Select.of(clauses);
            for (int i = 1; i <= 3; i++) {
                assertThat(select.await()).isEqualTo(-10);
                assertThat(simulation.elapsed()).isEqualTo(ofSeconds(i));
            }
            over.complete("over");
            assertThat(select.await()).isEqualTo(-20);
            assertThat(select.await()).isEqualTo(-20);
        });
    }

    @Test
    @Tag("needs-opens")
    void aTimeThatDidNotComeLeavesNoTimer() {
        Simulation.seed(6).run(() -> {
            List<Channel<Integer>> channels = channels(MANY, Channel::rendezvous);
            List<Clause<Integer>> clauses = new ArrayList<>(receives(channels));
            clauses.add(Clause.afterwards(ofHours(1), () -> -10));
            var select = Select.of(clauses);
            long before = Loop.current().statistics().now().timers();
            try (var group = TaskGroup.open()) {
                group.start("sender", () -> channels.subList(0, 5).forEach(channel -> channel.send(1)));
                for (int i = 0; i < 5; i++) {
                    assertThat(select.await()).isEqualTo(1);
                }
                group.join();
            }
            assertThat(Loop.current().statistics().now().timers()).isEqualTo(before);
        });
    }

    @Test
    @Tag("needs-opens")
    void timedChannelsAreLookedAtEachTime() {
        Simulation.seed(3).run(() -> {
            List<Channel<Integer>> channels = new ArrayList<>(channels(MANY, Channel::rendezvous));
            Channel<Integer> later = Channel.delayed(4, value -> ofSeconds(value));
            channels.add(later);
            var select = standing(channels);
            later.send(1);
            later.send(2);
            assertThat(select.await()).isEqualTo(1);
            assertThat(select.await()).isEqualTo(2);
            later.send(0);
            assertThat(select.poll(() -> -2)).isZero();
        });
    }

    @Test
    void anotherTaskMayUseItLater() {
        List<Channel<Integer>> channels = channels(MANY, () -> Channel.buffered(1));
        var select = standing(channels);
        channels.get(4).send(4);
        assertThat(other(select::await)).isEqualTo(4);
        channels.get(6).send(6);
        assertThat(other(select::await)).isEqualTo(6);
        channels.get(8).send(8);
        assertThat(select.await()).isEqualTo(8);
        assertThat(channels).allMatch(channel -> queue(channel) <= 1);
    }

    @Test
    void bothEndsOfAChannelDoNotMeet() {
        everywhere(actors -> {
            List<Channel<Integer>> channels = channels(MANY, Channel::rendezvous);
            actors.start(() -> {
                var sent = new AtomicInteger();
                List<Clause<?>> clauses = new ArrayList<>(receives(channels));
                clauses.add(channels.get(2).onSend(() -> 5, sent::incrementAndGet));
                Select<Object> select = Select.of(clauses);
                select.await();
                select.await();
                assertThat(select.poll(() -> -2)).isEqualTo(-2);
                assertThat(sent.get()).isEqualTo(2);
            });
            actors.start(() -> {
                assertThat(channels.get(2).receive()).isEqualTo(5);
                assertThat(channels.get(2).receive()).isEqualTo(5);
            });
        });
    }

    /// It would take out its own places, again and again.
    @Test
    @Tag("needs-opens")
    void aSelectAtBothEndsOfAChannelSleeps() {
        Simulation simulation = Simulation.seed(7).limits(Limits.defaults().withSteps(1_000));
        simulation.run(() -> {
            List<Channel<Integer>> channels = channels(MANY, Channel::rendezvous);
            List<Clause<?>> clauses = new ArrayList<>(receives(channels));
            clauses.add(channels.get(2).onSend(() -> 5, () -> {}));
            clauses.add(Clause.afterwards(ofSeconds(1), () -> -10));
            Select<Object> select = Select.of(clauses);
            for (int i = 1; i <= 3; i++) {
                assertThat(select.await()).isEqualTo(-10);
                assertThat(simulation.elapsed()).isEqualTo(ofSeconds(i));
            }
        });
    }

    @Test
    void aFailedChannelIsChosen() {
        List<Channel<Integer>> channels = channels(MANY, Channel::rendezvous);
        List<Clause<Void>> clauses = new ArrayList<>();
        channels.forEach(channel -> clauses.add(channel.onReceive(value -> {})));
        var select = Select.of(clauses);
        select.poll(ChannelClause::nothing);
        select.poll(ChannelClause::nothing);
        channels.get(50).fail(new IllegalStateException("cut off"));
        assertThatThrownBy(select::await)
                .isInstanceOf(ChannelFailedException.class)
                .hasMessageContaining("c50");
    }

    // ---- nothing is lost

    @Test
    void everyValueArrivesOnce() {
        everywhere(actors -> {
            int senders = 3;
            int each = 4_000;
            List<Channel<Integer>> channels = channels(20, Channel::rendezvous);
            for (int sender = 0; sender < senders; sender++) {
                int base = sender * each;
                actors.start(() -> {
                    for (int i = 0; i < each; i++) {
                        channels.get((base + i) * 31 % 20).send(base + i);
                    }
                });
            }
            var seen = Collections.synchronizedList(new ArrayList<Integer>());
            for (int receiver = 0; receiver < 2; receiver++) {
                actors.start(() -> {
                    var select = Select.of(receives(channels));
                    for (int i = 0; i < senders * each / 2; i++) {
                        seen.add(select.await());
                    }
                });
            }
            actors.join();
            assertThat(seen).hasSize(senders * each).doesNotHaveDuplicates();
        });
    }

    /// Each serves the other: whoever waits is found.
    @Test
    void twoThatServeEachOtherMeet() {
        everywhere(actors -> {
            int rounds = 3_000;
            List<Channel<Integer>> there = channels(20, Channel::rendezvous);
            List<Channel<Integer>> back = channels(20, Channel::rendezvous);
            var sent = new AtomicLong();
            var received = new AtomicLong();
            for (int party = 0; party < 2; party++) {
                List<Channel<Integer>> in = party == 0 ? there : back;
                List<Channel<Integer>> out = party == 0 ? back : there;
                actors.start(() -> {
                    List<Clause<?>> clauses = new ArrayList<>();
                    in.forEach(channel -> clauses.add(channel.onReceive(value -> received.incrementAndGet())));
                    for (int i = 0; i < 4; i++) {
                        clauses.add(out.get(i).onSend(() -> 1, sent::incrementAndGet));
                    }
                    Select<Object> select = Select.of(clauses);
                    for (int i = 0; i < rounds; i++) {
                        select.await();
                    }
                });
            }
            actors.join();
            assertThat(sent.get()).isEqualTo(rounds);
            assertThat(received.get()).isEqualTo(rounds);
        });
    }

    @Test
    @Tag("needs-opens")
    void nothingIsLostWhateverIsCancelled() throws Exception {
        Simulation.seeds(100, simulation -> {
            List<Channel<Integer>> channels = channels(20, () -> Channel.buffered(1));
            List<Integer> sent = new ArrayList<>();
            List<Integer> received = new ArrayList<>();
            try (var group = TaskGroup.open()) {
                var sender = group.start("sender", () -> {
                    for (int i = 0; i < 60; i++) {
                        int value = i;
                        Channel<Integer> channel =
                                channels.get(simulation.random().nextInt(20));
                        Deadline.after(ofNanos(simulation.random().nextInt(50))).tryRun(() -> {
                            channel.send(value);
                            sent.add(value);
                        });
                    }
                });
                group.start("receiver", () -> {
                    var select = Select.of(receives(channels));
                    boolean[] over = {false};
                    while (!over[0]) {
                        Deadline.after(ofNanos(simulation.random().nextInt(50))).tryRun(() -> {
                            int value = select.await();
                            over[0] = value < 0;
                            if (value >= 0) {
                                received.add(value);
                            }
                        });
                    }
                });
                sender.outcome();
                channels.forEach(Channel::close);
                group.join();
            }
            channels.forEach(channel -> channel.forEach(received::add));
            assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
        });
    }

    // ---- one clause, one select

    @Test
    void aClauseIsOfOneSelect() {
        Channel<Integer> orders = Channel.<Integer>rendezvous().named("orders");
        Channel<Integer> other = Channel.<Integer>rendezvous().named("other");
        Clause<Void> clause = orders.onReceive(value -> {});
        Clause<Void> free = other.onReceive(value -> {});
        Select<Void> first = Select.of(clause);
        assertThatThrownBy(() -> Select.of(Arrays.asList(free, clause)))
                .isInstanceOf(Select.ClauseInUseException.class)
                .hasMessage("select: clause=receive from channel orders is in select of receive from channel orders,"
                        + " expected one that is in no other select");
        assertThat(first.poll(ChannelClause::nothing)).isNull();
        assertThat(Select.of(free).poll(ChannelClause::nothing)).isNull(); // the select that was refused has let go
    }

    @Test
    void aSelectOfManyIsShownInShort() {
        assertThat(Select.of(receives(channels(2_000, Channel::rendezvous))).toString())
                .startsWith("select of receive from channel c0, ")
                .endsWith("receive from channel c15 and 1984 more");
    }
}
