package dev.sluice.testing;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Channel;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.channel.Select;
import dev.sluice.internal.strand.Strand;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What comes for a select whose places stay in the queues, after it has looked and before it waits.
@Tag("needs-opens")
class StandingSelectRaceTest {
    private static final int MANY = 20;

    /// Which suspension of an `await` begins its wait; the one before looks for a cancellation.
    private static final int HAS_LOOKED = 2;

    /// Which one begins it again, if it has come to nothing.
    private static final int HAS_LOOKED_AGAIN = 3;

    /// Which one is far more than a select may need.
    private static final int IN_VAIN = 100;

    @Test
    void aValueIsFound() {
        assertThat(await(channel -> channel.trySend(7))).isEqualTo(7);
    }

    @Test
    void anEndIsFound() {
        assertThat(await(Channel::close)).isEqualTo(-1);
    }

    @Test
    void whatHasGoneAgainIsNotWaitedForInVain() {
        assertThat(await(StandingSelectRaceTest::comeAndGo)).isEqualTo(8);
    }

    /// What has come and gone between two looks is no reason to wait longer than was asked for.
    @Test
    void aWaitThatGoesOnEndsAtItsTime() {
        Simulation simulation = Simulation.seed(1);
        simulation.run(() -> {
            List<Channel<Integer>> channels = channels();
            List<Clause<Integer>> clauses = receives(channels);
            clauses.add(Clause.afterwards(ofSeconds(1), () -> -10));
            Select<Integer> select = standing(clauses);
            var comer = new Comer(suspension -> {
                switch (suspension) {
                    case HAS_LOOKED -> comeAndGo(channels.get(3));
                    case HAS_LOOKED_AGAIN ->
                        simulation.world().clock.advance(ofMillis(600).toNanos());
                    default -> {}
                }
            });
            simulation.world().inject(comer);
            assertThat(select.await()).isEqualTo(-10);
            simulation.world().inject(null);
            assertThat(comer.suspensions).isEqualTo(HAS_LOOKED_AGAIN);
            assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1));
        });
    }

    /// However often something comes and goes just before it waits.
    @Test
    void othersOfItsLoopGetTheirTurn() {
        Simulation simulation = Simulation.seed(1);
        simulation.run(() -> {
            List<Channel<Integer>> channels = channels();
            Select<Integer> select = standing(receives(channels));
            try (var group = TaskGroup.open()) {
                var sender = group.start("sender", () -> channels.get(3).trySend(8));
                var comer = new Comer(suspension -> {
                    if (suspension >= HAS_LOOKED && suspension < IN_VAIN && !sender.isDone()) {
                        comeAndGo(channels.get(5));
                    }
                });
                simulation.world().inject(comer);
                assertThat(select.await()).isEqualTo(8);
                simulation.world().inject(null);
                assertThat(comer.suspensions).isBetween(HAS_LOOKED, IN_VAIN / 2);
                group.join();
            }
        });
    }

    /// A value is there as soon as it is due, though the timer that is set for it has not been looked at.
    @Test
    void aValueThatIsDueBeforeItsAlarmRingsIsFound() {
        Simulation simulation = Simulation.seed(1);
        simulation.run(() -> {
            List<Channel<Integer>> channels = channels();
            Channel<Integer> later = Channel.delayed(1, value -> ofSeconds(value));
            channels.add(later);
            Select<Integer> select = standing(receives(channels));
            later.send(5);
            assertThat(select.poll(() -> -2)).isEqualTo(-2);
            simulation.world().clock.advance(ofSeconds(5).toNanos());
            assertThat(select.poll(() -> -2)).isEqualTo(5);
        });
    }

    private static List<Channel<Integer>> channels() {
        return IntStream.range(0, MANY)
                .mapToObj(i -> Channel.<Integer>buffered(1))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<Clause<Integer>> receives(List<Channel<Integer>> channels) {
        List<Clause<Integer>> clauses = new ArrayList<>();
        channels.forEach(channel -> clauses.add(channel.onReceived(
                received -> received instanceof Received.Value<Integer>(Integer value) ? value : -1)));
        return clauses;
    }

    /// A select whose places stay: from its second use on.
    private static Select<Integer> standing(List<Clause<Integer>> clauses) {
        Select<Integer> select = Select.of(clauses);
        for (int use = 0; use < 2; use++) {
            assertThat(select.poll(() -> -2)).isEqualTo(-2);
        }
        return select;
    }

    private static void comeAndGo(Channel<Integer> channel) {
        channel.trySend(7);
        assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>(7));
    }

    /// @param comes what happens to one of the channels; behind it, once the select waits, comes an 8
    private static int await(Consumer<Channel<Integer>> comes) {
        int[] got = {0};
        Simulation simulation = Simulation.seed(1);
        simulation.run(() -> {
            List<Channel<Integer>> channels = channels();
            Select<Integer> select = standing(receives(channels));
            try (var group = TaskGroup.open()) {
                group.start("sender", () -> channels.get(3).trySend(8));
                var comer = new Comer(suspension -> {
                    if (suspension == HAS_LOOKED) {
                        comes.accept(channels.get(3));
                    }
                });
                simulation.world().inject(comer);
                got[0] = select.await();
                simulation.world().inject(null);
                assertThat(comer.suspensions).isGreaterThanOrEqualTo(HAS_LOOKED);
                group.join();
            }
        });
        return got[0];
    }

    /// Does something at the suspensions of a select, which it counts.
    ///
    /// Threads: the loop thread.
    private static final class Comer implements Injection {
        private final IntConsumer action;
        private int suspensions;

        Comer(IntConsumer action) {
            this.action = action;
        }

        @Override
        public void suspending(Strand strand) {
            action.accept(++suspensions);
        }

        @Override
        public void stepping(Member member) {}

        @Override
        public void stepped(Member member) {}
    }
}
