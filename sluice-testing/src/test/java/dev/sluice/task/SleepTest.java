package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;

/// Timers of a loop through those who sleep on it: exact, in order, and taken back when the sleep is cancelled.
@Tag("needs-opens")
class SleepTest {
    /// From nanoseconds to years: every level of the wheel.
    private static long duration(RandomGenerator random) {
        return random.nextLong() >>> random.nextInt(8, 64);
    }

    @Simulated(seeds = 300)
    void everySleeperWakesAtItsMoment(Simulation simulation) {
        List<Long> woken = new ArrayList<>();
        int count = simulation.random().nextInt(1, 30);
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < count; i++) {
                group.start("sleeper", () -> {
                    long expected = 0;
                    for (int round = 0; round < 3; round++) {
                        long nanos = Math.max(1, duration(simulation.random()));
                        expected += nanos;
                        Sluice.sleep(Duration.ofNanos(nanos));
                        assertThat(simulation.clock().nanoTime()).isEqualTo(expected);
                    }
                    woken.add(expected);
                });
            }
            group.join();
        }
        assertThat(woken).hasSize(count).isSorted();
    }

    @Simulated(seeds = 300)
    void cancelledSleepersLeaveNoTimer(Simulation simulation) {
        RandomGenerator random = simulation.random();
        long moment = random.nextLong(1, 1000);
        try (var group = TaskGroup.open(JoinPolicy.<Object>collectAll())) {
            for (int i = 0; i < 20; i++) {
                long nanos = random.nextLong(1, 2000);
                group.start("sleeper", () -> {
                    try {
                        Sluice.sleep(Duration.ofNanos(nanos));
                        assertThat(simulation.elapsed()).hasNanos(nanos);
                    } catch (CancelledException e) {
                        assertThat(nanos).isGreaterThanOrEqualTo(moment);
                        assertThat(simulation.elapsed()).hasNanos(moment);
                        throw e;
                    }
                });
            }
            Sluice.sleep(Duration.ofNanos(moment));
            group.cancel("stop");
            assertThatThrownBy(group::join).isInstanceOf(CancelledException.class);
        }
        // A timer left behind is an error of the simulation.
        assertThat(simulation.elapsed()).hasNanos(moment);
    }

    @Simulated
    void sleepForEverCanBeCancelled(Simulation simulation) {
        Duration ever = Duration.ofSeconds(Long.MAX_VALUE);
        assertThat(Deadline.after(Duration.ofDays(1)).tryRun(() -> Sluice.sleep(ever)))
                .isFalse();
        Sluice.sleep(ever.negated());
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofDays(1));
    }

    @Simulated
    void nothingToWaitForIsAYield(Simulation simulation) {
        List<String> steps = new ArrayList<>();
        try (var group = TaskGroup.open()) {
            group.start("other", () -> steps.add("other"));
            while (steps.isEmpty()) {
                Sluice.sleep(Duration.ZERO);
            }
            Sluice.sleep(Duration.ofSeconds(-1));
            group.join();
        }
        assertThat(simulation.elapsed()).isZero();
    }
}
