package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.sync.Event;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Actors;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How a generator ends that others close, ask or forget, and what becomes of the failure of its clean-up.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GeneratorEndTest {
    @Test
    void whoClosesGetsTheFailureThoughAnotherAsksMeanwhile() {
        Sluice.run(() -> {
            var cleansUp = new Event("cleans up");
            var asked = new Event("asked");
            Generator<Integer> broken = Generator.of("broken", out -> {
                try {
                    out.yield(1);
                } finally {
                    CancelScope.shield(() -> {
                        cleansUp.set();
                        asked.await();
                    });
                    throwing("no clean-up");
                }
            });
            assertThat(broken.next()).isEqualTo(1);
            TaskGroup.run(group -> {
                group.start(
                        "closer",
                        () -> assertThatThrownBy(broken::close)
                                .isInstanceOf(TaskFailedException.class)
                                .hasRootCauseMessage("no clean-up"));
                cleansUp.await();
                assertThat(broken.hasNext()).isFalse();
                asked.set();
            });
        });
    }

    @Test
    void aFailureOfTheCleanUpThatNobodyCanGetIsReported() {
        List<Report> reports = new CopyOnWriteArrayList<>();
        Consumer<Report> before = Reports.handler(reports::add);
        try {
            Sluice.run(() -> CancelScope.run(scope -> {
                Generator<Integer> forgotten = Generator.of("forgotten", out -> {
                    try {
                        out.yield(1);
                    } finally {
                        throwing("no clean-up");
                    }
                });
                assertThat(forgotten.next()).isEqualTo(1);
            }));
            Actors.await("it is reported", () -> reports.stream().anyMatch(GeneratorEndTest::saysIt));
        } finally {
            Reports.handler(before);
        }
    }

    @Test
    void aFailureAfterWhoAskedHasGoneIsReported() {
        List<Report> reports = new CopyOnWriteArrayList<>();
        Consumer<Report> before = Reports.handler(reports::add);
        try {
            Sluice.run(() -> CancelScope.run(scope -> {
                var works = new Event("works");
                var gone = new Event("gone");
                var fails = new Event("fails");
                Generator<Integer> forgotten = Generator.of("forgotten", out -> {
                    works.set();
                    gone.await();
                    fails.set();
                    throwing("no clean-up");
                });
                try (var group = TaskGroup.open()) {
                    var asker = group.start("asker", () -> forgotten.hasNext());
                    works.await();
                    asker.cancel("it takes too long");
                    assertThat(asker.outcome()).isInstanceOf(Outcome.Cancelled.class);
                }
                gone.set();
                fails.await();
            }));
            Actors.await("it is reported", () -> reports.stream().anyMatch(GeneratorEndTest::saysIt));
        } finally {
            Reports.handler(before);
        }
    }

    private static boolean saysIt(Report report) {
        return report instanceof Report.UnobservedFailure unobserved
                && unobserved.describe().contains("generator main/forgotten")
                && unobserved.failure().toString().contains("no clean-up");
    }

    private static void throwing(String message) {
        throw new IllegalArgumentException(message);
    }

    /// The cancellation does not wake who is in a shield, so whoever comes second has to see the other.
    @Test
    void aYieldInAShieldMeetsClose() {
        for (int round = 0; round < 30_000; round++) {
            int pause = round % 64;
            var works = new AtomicBoolean();
            Generator<Integer> shielded = Generator.of(out -> CancelScope.shield(() -> {
                works.set(true);
                spin(32);
                out.yield(1);
            }));
            startAndLeave(shielded);
            while (!works.get()) {
                Thread.onSpinWait();
            }
            spin(pause);
            shielded.close();
        }
    }

    /// Asks and does not wait, unless the body is faster.
    private static void startAndLeave(Generator<Integer> generator) {
        Thread.currentThread().interrupt();
        try {
            assertThat(generator.hasNext()).isTrue();
        } catch (CancelledException gone) {
            assertThat(gone.reason().toString()).contains("interrupt");
        }
        Thread.interrupted();
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
