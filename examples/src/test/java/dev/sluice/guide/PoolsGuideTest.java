package dev.sluice.guide;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.pool.FunctionFailedException;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolException;
import dev.sluice.pool.PoolFunction;
import dev.sluice.pool.ProcessPoolConfig;
import dev.sluice.pool.WorkerDiedException;
import dev.sluice.task.Deadline;
import dev.sluice.task.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolsGuideTest {
    // tag::record
    record Power(int exponent) implements PoolFunction<Integer, Double> {
        @Override
        public Double apply(Integer base) {
            return Math.pow(base, exponent);
        }
    }
    // end::record

    static int parse(String text) {
        if (text.equals("exit")) {
            System.exit(3);
        }
        return Integer.parseInt(text);
    }

    static String slow(String text) throws InterruptedException {
        return new CountDownLatch(1).await(60, TimeUnit.SECONDS) ? "" : text;
    }

    @Test
    void functions() {
        Sluice.run(() -> {
            try (Pool pool = Pool.processes(1)) {
                // tag::functions
                int length = pool.<String, Integer>call(String::length, "four");
                double eight = pool.call(new Power(3), 2);
                // end::functions
                assertThat(length).isEqualTo(4);
                assertThat(eight).isEqualTo(8);
            }
        });
    }

    @Test
    void threads() {
        Sluice.run(() -> {
            List<Integer> lengths = new ArrayList<>();
            // tag::threads
            var suffix = "!";
            try (Pool pool = Pool.threads(4)) {
                for (int length : pool.<String, Integer>map(text -> (text + suffix).length(), List.of("a", "bc"))) {
                    lengths.add(length);
                }
            }
            // end::threads
            assertThat(lengths).containsExactly(2, 3);
        });
    }

    @Test
    void failures() {
        Sluice.run(() -> {
            var said = new ArrayList<String>();
            try (Pool pool = Pool.processes(1)) {
                // tag::failures
                for (var call : pool.<String, Integer>asCompleted(PoolsGuideTest::parse, List.of("1", "one", "exit"))) {
                    said.add(
                            switch (call.outcome()) {
                                case Outcome.Succeeded<Integer>(Integer number) -> "number " + number;
                                case Outcome.Failed<Integer>(FunctionFailedException failed) -> failed.type();
                                case Outcome.Failed<Integer>(WorkerDiedException died) -> died.how();
                                case Outcome.Failed<Integer>(Throwable other) -> other.toString();
                                case Outcome.Cancelled<Integer>(var reason) -> reason.describe();
                            });
                }
                // end::failures
            }
            assertThat(said).containsExactlyInAnyOrder("number 1", "java.lang.NumberFormatException", "exit code 3");
        });
    }

    @Test
    void deadline() {
        Sluice.run(() -> {
            try (Pool pool = Pool.processes(1)) {
                assertThatThrownBy(() -> {
                            // tag::deadline
                            Deadline.after(ofMillis(100))
                                    .call(() -> pool.<String, String>call(PoolsGuideTest::slow, "too long"));
                            // end::deadline
                        })
                        .isInstanceOf(DeadlineExceededException.class);
            }
        });
    }

    @Test
    void configured() {
        Sluice.run(() -> {
            // tag::configured
            ProcessPoolConfig config = ProcessPoolConfig.of(4)
                    .withLeast(0, ofSeconds(30)) // they start when calls wait, and end when idle for so long
                    .withHeap(256 << 20)
                    .withRetries(2)
                    .withCallsPerWorker(10_000)
                    .withGrace(ofSeconds(1));
            try (Pool pool = Pool.processes(config)) {
                pool.<String, Integer>call(PoolsGuideTest::parse, "1");
            }
            // end::configured
        });
    }

    @Test
    void failuresOfPoolsAreOfOneType() {
        assertThat(PoolException.class.getPermittedSubclasses())
                .containsExactlyInAnyOrder(FunctionFailedException.class, WorkerDiedException.class);
    }
}
