package dev.sluice.internal.timer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;

/// The timer wheel beside a sorted list, under random operations. A simulation only brings the seeds.
@Tag("needs-opens")
class TimerWheelModelTest {
    /// A wheel, the list that it has to agree with, and the clock of both.
    private static final class Rig {
        private final RandomGenerator random;
        private final int shift;
        private final long origin;
        private final TimerWheel wheel;
        private final List<Entry> armed = new ArrayList<>();
        private final List<Entry> ended = new ArrayList<>();
        private long clock;
        private boolean growing = true;

        private final class Entry extends Timer {
            @Override
            protected void expired() {
                assertThat(armed.remove(this)).as("a timer that is armed ends").isTrue();
                ended.add(this);
                if (growing && random.nextInt(8) == 0) {
                    add(); // timers arm timers
                }
            }
        }

        Rig(RandomGenerator random, int shift, long origin) {
            this.random = random;
            this.shift = shift;
            this.origin = origin;
            this.clock = origin;
            this.wheel = new TimerWheel(shift, origin);
        }

        /// How late a timer may end: to the end of its tick.
        long tick() {
            return 1L << shift;
        }

        /// The tick in which a timer ends.
        private long tickOf(Entry entry) {
            return (entry.deadline - origin + tick() - 1) >> shift;
        }

        void add() {
            Entry entry = new Entry();
            long away = random.nextLong() >>> random.nextInt(4, 64);
            entry.deadline = random.nextInt(20) == 0 ? clock - away % 1000 : clock + away;
            if (random.nextInt(50) == 0 || entry.deadline < clock - 1000) {
                entry.deadline = Long.MAX_VALUE;
            }
            armed.add(entry);
            wheel.add(entry);
        }

        void removeOne() {
            if (!armed.isEmpty()) {
                Entry entry = armed.remove(random.nextInt(armed.size()));
                assertThat(wheel.remove(entry)).isTrue();
                assertThat(entry.armed()).isFalse();
                assertThat(wheel.remove(entry)).isFalse();
            }
        }

        long firstDeadline() {
            return armed.stream().mapToLong(entry -> entry.deadline).min().orElse(Long.MAX_VALUE);
        }

        /// Lets time pass, sometimes exactly as far as the wheel asks.
        void pass() {
            long asked = wheel.nextNanos();
            boolean exactly = asked != Long.MAX_VALUE && random.nextBoolean();
            long to = exactly ? asked : clock + (random.nextLong() >>> random.nextInt(20, 64));
            if (to > clock && to < Long.MAX_VALUE / 2) {
                clock = to;
            }
            expireAll();
        }

        void expireAll() {
            ended.clear();
            int limit = random.nextInt(1, 5);
            long rounds = 0;
            while (wheel.expire(clock, limit) == limit) {
                assertThat(++rounds).isLessThan(100_000);
            }
            for (Entry entry : ended) {
                assertThat(entry.deadline).as("never early").isLessThanOrEqualTo(clock);
            }
            // The tick that the clock is in has not ended for those whose deadline is inside it.
            assertThat(firstDeadline()).as("never late").isGreaterThan(clock - tick());
        }

        void check() {
            assertThat(wheel.size()).isEqualTo(armed.size());
            if (armed.isEmpty()) {
                assertThat(wheel.nextNanos()).isEqualTo(Long.MAX_VALUE);
            } else if (firstDeadline() < Long.MAX_VALUE / 2) {
                assertThat(wheel.nextNanos())
                        .as("asks to be woken in time")
                        .isLessThan(Math.max(firstDeadline(), clock) + tick());
            }
        }

        void runRandomly(int operations) {
            for (int i = 0; i < operations; i++) {
                switch (random.nextInt(4)) {
                    case 0, 1 -> add();
                    case 2 -> removeOne();
                    default -> pass();
                }
                check();
            }
        }

        /// As a loop does: sleeps as long as the wheel says, again and again.
        void runToTheEnd() {
            growing = false;
            expireAll(); // what was armed for the past
            List<Entry> expected = new ArrayList<>(armed);
            expected.removeIf(entry -> entry.deadline > Long.MAX_VALUE / 2);
            expected.sort(Comparator.comparingLong(entry -> entry.deadline));
            List<Entry> seen = new ArrayList<>();
            for (int step = 0; step < 10_000 && !expected.isEmpty() && !seen.containsAll(expected); step++) {
                long before = clock;
                clock = Math.max(clock, wheel.nextNanos());
                assertThat(clock).isLessThan(Long.MAX_VALUE / 2);
                expireAll();
                for (Entry entry : ended) {
                    assertThat(entry.deadline).as("ends when woken for it").isGreaterThan(before - tick());
                }
                seen.addAll(ended);
            }
            assertThat(seen).containsAll(expected);
            seen.retainAll(expected);
            assertThat(seen).isSortedAccordingTo(Comparator.comparingLong(this::tickOf));
        }
    }

    private static void run(RandomGenerator random, int shift, long origin) {
        var rig = new Rig(random, shift, origin);
        rig.runRandomly(200);
        rig.runToTheEnd();
    }

    @Simulated(seeds = 200)
    void exactWheelAgreesWithASortedList(Simulation simulation) {
        run(simulation.random(), 0, 0);
    }

    @Simulated(seeds = 200)
    void coarseWheelEndsNothingEarlyAndNothingATickLate(Simulation simulation) {
        run(simulation.random(), TimerWheel.COARSE, simulation.random().nextLong(1L << 50));
    }

    @Simulated(seeds = 200)
    void clocksMayReadLessThanZero(Simulation simulation) {
        run(simulation.random(), TimerWheel.COARSE, -simulation.random().nextLong(1L << 50));
    }
}
