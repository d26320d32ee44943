package dev.sluice.pool;

import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.task.Deadline;
import dev.sluice.testing.Simulated;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;

/// A pool of threads in a simulation: its workers are coroutines there, and their time is the simulation's.
@Tag("needs-opens")
class ThreadPoolSimulationTest {
    @Simulated(seeds = 20)
    void functionsLiveInVirtualTime() {
        try (Pool pool = Pool.threads(2)) {
            long before = Sluice.clock().nanoTime();
            List<Integer> results = new ArrayList<>();
            for (int result : pool.<Integer, Integer>map(ThreadPoolSimulationTest::slowly, List.of(3, 2, 1, 1))) {
                results.add(result);
            }
            assertThat(results).containsExactly(3, 2, 1, 1);
            long hours = (Sluice.clock().nanoTime() - before) / ofHours(1).toNanos();
            assertThat(hours).isEqualTo(4); // 3 and 1 on one of them, 2 and 1 on the other
        }
    }

    private static int slowly(int hours) {
        Sluice.sleep(ofHours(hours));
        return hours;
    }

    @Simulated(seeds = 20)
    void deadlinesReachFunctions() {
        try (Pool pool = Pool.threads(1)) {
            assertThatThrownBy(() -> Deadline.after(ofHours(1))
                            .call(() -> pool.<Integer, Integer>call(ThreadPoolSimulationTest::slowly, 100)))
                    .isInstanceOf(DeadlineExceededException.class);
            assertThat(pool.<Integer, Integer>call(ThreadPoolSimulationTest::slowly, 1))
                    .isEqualTo(1);
            assertThat(pool.statistics().died()).isZero();
        }
    }
}
