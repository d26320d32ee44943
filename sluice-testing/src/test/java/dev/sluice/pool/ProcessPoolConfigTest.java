package dev.sluice.pool;

import static dev.sluice.pool.Workers.run;
import static dev.sluice.pool.Workers.until;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.codec.CodecException;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/// What a configuration says about workers, and which functions they take.
class ProcessPoolConfigTest {
    @Test
    void workersAreReplacedAfterSoManyCalls() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(ProcessPoolConfig.of(1).withCallsPerWorker(2))) {
                var pids = new TreeSet<Long>();
                for (long pid : pool.<Integer, Long>map(Workers::pid, List.of(1, 2, 3, 4, 5))) {
                    pids.add(pid);
                }
                assertThat(pids).hasSize(3);
                assertThat(pool.statistics().died()).isZero();
            }
        });
    }

    @Test
    void growsWhenCallsWaitAndShrinksWhenIdle() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(ProcessPoolConfig.of(2).withLeast(0, ofMillis(300)))) {
                assertThat(pool.statistics().started()).isZero();
                assertThat(pool.<Integer, Integer>call(Workers::same, 1)).isEqualTo(1);
                assertThat(pool.statistics().started()).isEqualTo(1);
                until(() -> pool.statistics().workers() == 0);
                assertThat(pool.<Integer, Integer>call(Workers::same, 2)).isEqualTo(2);
                assertThat(pool.statistics().died()).isZero();
            }
        });
    }

    @Test
    void eachWorkerIsInitialized() throws Exception {
        run(() -> {
            ProcessPoolConfig config = ProcessPoolConfig.of(1).withInitializer(Workers::initialize, "begun");
            try (Pool pool = Pool.processes(config)) {
                assertThat(pool.<Integer, String>call(Workers::initialized, 0)).isEqualTo("begun");
            }
        });
    }

    @Test
    void callsFailWhenNoWorkerCanBeInitialized() throws Exception {
        run(() -> {
            ProcessPoolConfig config = ProcessPoolConfig.of(1).withInitializer(Workers::initialize, "");
            try (Pool pool = Pool.processes(config)) {
                assertThatThrownBy(() -> pool.<Integer, Integer>call(Workers::same, 0))
                        .hasMessageContaining("nothing to begin with")
                        .hasCauseInstanceOf(WorkerDiedException.class);
            }
        });
    }

    @Test
    void callsFailWhenNoWorkerCanBeStarted() throws Exception {
        run(() -> {
            ProcessPoolConfig config =
                    ProcessPoolConfig.of(1).withClassPath("/nowhere").withOutput(_ -> {});
            try (Pool pool = Pool.processes(config)) {
                assertThatThrownBy(() -> pool.<Integer, Integer>call(Workers::same, 0))
                        .hasMessageContaining("WorkerMain")
                        .hasMessageContaining("exit code 1");
            }
        });
    }

    /// For a thread in a system call the exit of a JVM takes 300 ms.
    @Test
    void aWorkerThatEndsDoesNotReadAnyMore() throws Exception {
        run(() -> {
            var lines = new ConcurrentLinkedQueue<String>();
            var config = ProcessPoolConfig.of(1).withOutput(lines::add).withGrace(Duration.ofSeconds(30));
            try (Pool pool = Pool.processes(config)) {
                assertThat(pool.<Integer, Integer>call(Workers::tellWhenNobodyReads, 1))
                        .isOne();
            }
            assertThat(lines).contains("[worker 1] nobody reads");
        });
    }

    @Test
    void printedLinesComeWithTheWorkersName() throws Exception {
        run(() -> {
            var lines = new ConcurrentLinkedQueue<String>();
            try (Pool pool = Pool.processes(ProcessPoolConfig.of(1).withOutput(lines::add))) {
                assertThat(pool.<String, Integer>call(Workers::print, "hello")).isEqualTo(5);
                until(() -> lines.size() == 2);
                assertThat(lines).containsExactlyInAnyOrder("[worker 1] out hello", "[worker 1] err hello");
            }
        });
    }

    @Test
    void valuesMayBeLarge() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(1)) {
                String large = "é".repeat(500_000);
                assertThat(pool.<String, String>call(Workers::echo, large)).isEqualTo(large);
                assertThatThrownBy(() -> pool.<String, String>call(Workers::echo, large + large))
                        .isInstanceOf(CodecException.class);
                assertThatThrownBy(() -> pool.<Integer, String>call(Workers::repeat, 2 << 20))
                        .hasMessageContaining("CodecException");
                assertThat(pool.<Integer, Integer>call(Workers::same, 1)).isEqualTo(1);
            }
        });
    }

    @Test
    void refusesWhatCannotBeNamed() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(ProcessPoolConfig.of(1).withLeast(0, ofMillis(1)))) {
                int captured = pool.hashCode();
                assertThatThrownBy(() -> pool.<Integer, Integer>submit(n -> n + captured, 1))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("captured=1");
                PoolFunction<Integer, Integer> anonymous = new PoolFunction<>() {
                    @Override
                    public Integer apply(Integer n) {
                        return n;
                    }
                };
                assertThatThrownBy(() -> pool.submit(anonymous, 1)).hasMessageContaining("class=plain");
                assertThatThrownBy(() -> pool.<Integer, Object>submit(Workers::anything, 1))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("Object");
            }
        });
    }

    @Test
    void nullIsNoResult() throws Exception {
        run(() -> {
            try (Pool pool = Pool.processes(1)) {
                assertThatThrownBy(() -> pool.<Integer, String>call(Workers::nothing, 1))
                        .hasMessageContaining("null");
            }
        });
    }
}
