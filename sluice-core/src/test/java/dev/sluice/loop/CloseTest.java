package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.testkit.Bounded;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// How a group of loops ends: it lets what runs end, then cancels it, then names it.
@ExtendWith(Leaks.class)
class CloseTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void whatEndsWithinTheGraceIsNotCancelled() throws Exception {
        Bounded.run(() -> {
            Loops loops = TestLoops.open(2);
            var ended = new AtomicBoolean();
            loops.loop(1).execute(() -> {
                Sluice.sleep(Duration.ofMillis(20));
                ended.set(true);
            });
            assertThat(loops.close(LONG)).isEqualTo(new ShutdownReport(true, List.of(), List.of()));
            assertThat(ended).isTrue();
            assertThatThrownBy(() -> loops.loop(0).execute(() -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("its loops have been closed");
            assertThat(loops.close(LONG).clean()).as("a second close").isTrue();
        });
    }

    @Test
    void whoDoesNotEndIsNamed() throws Exception {
        Bounded.run(() -> {
            Loops loops = TestLoops.open(1);
            var go = new Promise<Boolean>("go");
            started(loops, () -> CancelScope.shield(go::await));
            ShutdownReport report = loops.close(SHORT);
            assertThat(report.drained()).isFalse();
            assertThat(report.holdouts()).singleElement().satisfies(holdout -> {
                assertThat(holdout.task()).isEqualTo("execute");
                assertThat(holdout.doing()).isEqualTo("waiting for go");
            });
            go.complete(true);
            Patience.join(report.holdouts().getFirst().thread());
        });
    }

    @Test
    void anInterruptCancelsAtOnceAndLeavesNobodyBehind() throws Exception {
        Bounded.run(() -> {
            Loops loops = TestLoops.open(1);
            started(loops, () -> Sluice.sleep(HOUR));
            Thread.currentThread().interrupt();
            ShutdownReport report = loops.close(HOUR);
            assertThat(Thread.interrupted()).as("interrupt status").isTrue();
            assertThat(report.drained()).isFalse();
            assertThat(report.holdouts()).isEmpty();
        });
    }

    @Test
    void aFailureOfTheCleanUpIsReported() throws Exception {
        var reports = new LinkedBlockingQueue<Report>();
        Consumer<Report> before = Reports.handler(reports::add);
        var failure = new IllegalStateException("clean-up failed");
        try {
            Bounded.run(() -> {
                Loops loops = TestLoops.open(1);
                started(loops, () -> {
                    try {
                        Sluice.sleep(HOUR);
                    } finally {
                        fail(failure);
                    }
                });
                started(loops, () -> Sluice.sleep(HOUR)); // ends by the cancellation: nothing to be reported
                Thread.currentThread().interrupt(); // so that it cancels at once
                assertThat(loops.close(LONG).clean()).isTrue();
            });
            assertThat(reports.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(new Report.UnobservedFailure("execute", failure));
            assertThat(reports).isEmpty();
        } finally {
            Reports.handler(before);
        }
    }

    @Test
    void aFailureThatTheCancellationCarriesIsReported() throws Exception {
        var reports = new LinkedBlockingQueue<Report>();
        Consumer<Report> before = Reports.handler(reports::add);
        var failure = new IllegalStateException("clean-up of a task failed");
        try {
            Bounded.run(() -> {
                Loops loops = TestLoops.open(1);
                started(loops, () -> {
                    try (var group = TaskGroup.open()) {
                        group.start("a", () -> {
                            try {
                                Sluice.sleep(HOUR);
                            } finally {
                                fail(failure);
                            }
                        });
                        group.join();
                    }
                });
                Thread.currentThread().interrupt(); // so that it cancels at once
                assertThat(loops.close(LONG).clean()).isTrue();
            });
            assertThat(reports.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            Report.UnobservedFailure.class,
                            report -> assertThat(report.failure())
                                    .hasMessageContaining("task execute/a failed")
                                    .hasCause(failure));
            assertThat(reports).isEmpty();
        } finally {
            Reports.handler(before);
        }
    }

    private static void fail(RuntimeException failure) {
        throw failure;
    }

    private static void started(Loops loops, Runnable body) throws InterruptedException {
        var runs = new CountDownLatch(1);
        loops.loop(0).execute(() -> {
            runs.countDown();
            body.run();
        });
        Patience.await(runs, "it runs");
    }
}
