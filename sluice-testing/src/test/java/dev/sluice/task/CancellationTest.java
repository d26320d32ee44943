package dev.sluice.task;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.observe.Report;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;

/// Cancellation at each moment of a task's life, and what it does not reach.
@Tag("needs-opens")
class CancellationTest {
    private static final JoinPolicy<Object, List<Outcome<Object>>> NOTHING_STOPS = JoinPolicy.collectAll();

    @Simulated
    void cancelBeforeTheStartLetsTheBodyCleanUp() {
        List<String> steps = new ArrayList<>();
        try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
            Task<?> task = group.start("task", () -> {
                steps.add("begun");
                try {
                    Sluice.sleep(ofSeconds(1));
                    steps.add("slept");
                } finally {
                    steps.add("cleaned");
                }
            });
            assertThat(task.cancel("not needed")).isTrue();
            assertThat(task.cancel("again")).isFalse();
            group.join();
            assertThat(reasonOf(task)).isEqualTo(new CancelReason.Requested("main", "not needed"));
        }
        assertThat(steps).containsExactly("begun", "cleaned");
    }

    @Simulated
    void taskOfACancelledGroupStartsCancelled() {
        try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
            group.cancel("too late");
            Task<?> task = group.start("task", () -> Sluice.sleep(ofSeconds(1)));
            assertThat(task.cancelled()).isPresent();
            assertThatThrownBy(group::join)
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining("too late");
            assertThat(reasonOf(task).describe()).contains("too late (asked by main)");
        }
    }

    private static CancelReason reasonOf(Task<?> task) {
        return task.isDone() && ((TaskStrand<?>) task).known() instanceof Outcome.Cancelled<?>(CancelReason why)
                ? why
                : new CancelReason.Requested("nobody", "not cancelled");
    }

    @Simulated(seeds = 300)
    void cancelAtARandomMoment(Simulation simulation) {
        int work = simulation.random().nextInt(5);
        int moment = simulation.random().nextInt(5);
        try (var group = TaskGroup.open(NOTHING_STOPS)) {
            Task<String> task = group.start("task", () -> {
                Sluice.sleep(ofMillis(work));
                return "done";
            });
            Task<Boolean> canceller = group.start("canceller", () -> {
                Sluice.sleep(ofMillis(moment));
                return task.cancel("stop");
            });
            group.join();
            boolean asked = canceller.get();
            Outcome<String> outcome = task.outcome();
            if (moment < work) {
                assertThat(asked).isTrue();
                assertThat(outcome).isInstanceOf(Outcome.Cancelled.class);
            } else if (moment > work) {
                assertThat(asked).isFalse();
                assertThat(outcome).isEqualTo(new Outcome.Succeeded<>("done"));
            } else if (!asked) {
                assertThat(outcome).isEqualTo(new Outcome.Succeeded<>("done"));
            }
            assertThat(simulation.elapsed()).isEqualTo(ofMillis(Math.max(moment, Math.min(work, moment))));
        }
    }

    @Simulated
    void cancelWhileFinishingDoesNotReachTheShieldedEnd(Simulation simulation) {
        List<String> steps = new ArrayList<>();
        try (var group = TaskGroup.open(NOTHING_STOPS)) {
            Task<?> task = group.start("task", () -> {
                try {
                    Sluice.sleep(ofSeconds(1));
                } finally {
                    CancelScope.shield(() -> {
                        Sluice.sleep(ofSeconds(2));
                        steps.add("flushed");
                    });
                }
                steps.add("returned");
            });
            group.start("canceller", () -> {
                Sluice.sleep(ofSeconds(2)); // the task is in its shield
                task.cancel("stop");
            });
            group.join();
            // Nothing suspends after the shield, so the task has done what it was to do.
            assertThat(task.outcome().succeeded()).isTrue();
        }
        assertThat(steps).containsExactly("flushed", "returned");
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(3));
    }

    @Simulated
    void shieldEndsWhereItEnds(Simulation simulation) {
        List<String> steps = new ArrayList<>();
        boolean whole = CancelScope.run(scope -> {
            scope.cancel("stop");
            CancelScope.shield(() -> {
                Sluice.sleep(ofSeconds(1));
                assertThat(CancelScope.currentReason()).isEmpty();
                steps.add("shielded");
            });
            assertThat(CancelScope.currentReason()).isPresent();
            Sluice.sleep(ofSeconds(1));
            steps.add("not reached");
        });
        assertThat(whole).isFalse();
        assertThat(steps).containsExactly("shielded");
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1));
    }

    @Simulated
    void swallowedCancellationComesBackAtEverySuspension() {
        int thrown = 0;
        var promise = new Promise<Integer>("never");
        for (Action<RuntimeException> suspension : List.<Action<RuntimeException>>of(
                () -> Sluice.sleep(ofSeconds(1)), Sluice::yield, promise::await, CancelScope::checkpoint)) {
            int[] caught = {0};
            CancelScope.run(scope -> {
                scope.cancel("stop");
                for (int i = 0; i < 3; i++) {
                    try {
                        suspension.run();
                    } catch (CancelledException e) {
                        caught[0]++;
                    }
                }
            });
            thrown += caught[0];
        }
        assertThat(thrown).isEqualTo(4 * 3);
        Sluice.sleep(ofSeconds(1)); // outside of the scopes nothing is cancelled
    }

    @Simulated
    void cancelReachesTheTasksBelow(Simulation simulation) {
        List<String> cancelled = new ArrayList<>();
        boolean whole = CancelScope.run(scope -> {
            try (var group = TaskGroup.open()) {
                group.start("a", () -> nest(3, cancelled));
                group.start("stopper", () -> {
                    Sluice.sleep(ofSeconds(1));
                    scope.cancel("stop");
                });
                group.join();
            }
        });
        assertThat(whole).isFalse();
        assertThat(cancelled).containsExactly("leaf", "1", "2", "3");
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1));
    }

    private static void nest(int depth, List<String> cancelled) {
        if (depth == 0) {
            try {
                Sluice.sleep(ofSeconds(100));
            } finally {
                cancelled.add("leaf");
            }
            return;
        }
        try (var group = TaskGroup.open()) {
            group.start("n" + depth, () -> nest(depth - 1, cancelled));
            group.join();
        } finally {
            cancelled.add("" + depth);
        }
    }

    @Simulated
    void cancelInterruptsWaitsOfTheJdk() {
        List<String> seen = new ArrayList<>();
        try (var group = TaskGroup.open(NOTHING_STOPS)) {
            Task<?> blocked = group.start("blocked", () -> {
                CancelScope.run(scope -> {
                    Sluice.yield();
                    group.start("canceller", () -> {
                        scope.cancel("stop");
                    });
                    new LinkedBlockingQueue<>().take();
                });
                seen.add(Thread.currentThread().isInterrupted() ? "interrupt left behind" : "clean");
                Sluice.sleep(ofSeconds(1));
            });
            group.join();
            assertThat(blocked.outcome().succeeded()).isTrue();
        }
        assertThat(seen).containsExactly("clean");
    }

    @Simulated
    void taskThatIgnoresItsCancellationIsReportedAfterASecond(Simulation simulation) {
        try (var group = TaskGroup.open(NOTHING_STOPS)) {
            group.start("stubborn", () -> CancelScope.shield(() -> Sluice.sleep(ofSeconds(5))));
            Sluice.sleep(ofSeconds(1));
            group.cancel("stop");
            CancelScope.shield(() -> Sluice.sleep(ofMillis(999)));
            assertThat(simulation.takeReports()).isEmpty();
            CancelScope.shield(() -> Sluice.sleep(ofMillis(2)));
            assertThat(simulation.takeReports())
                    .singleElement()
                    .isInstanceOfSatisfying(Report.IgnoredCancel.class, report -> {
                        assertThat(report.reason()).contains("stop (asked by main)");
                        assertThat(report.holdouts())
                                .singleElement()
                                .satisfies(holdout -> assertThat(holdout.task()).isEqualTo("main/stubborn"))
                                .satisfies(
                                        holdout -> assertThat(holdout.doing()).isEqualTo("waiting for sleep 5 s"));
                    });
            assertThat(group.join()).singleElement().matches(Outcome::succeeded);
        }
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(5));
    }

    @Simulated
    void groupWhoseTasksEndInTimeReportsNothing(Simulation simulation) {
        try (var group = TaskGroup.open()) {
            group.start("prompt", () -> Sluice.sleep(ofSeconds(5)));
            group.cancel("stop");
            assertThatThrownBy(group::join).isInstanceOf(CancelledException.class);
        }
        Sluice.sleep(ofSeconds(10));
        assertThat(simulation.takeReports()).isEmpty();
    }

    @Simulated
    void waitForACancelledTaskThrowsItsReason() {
        try (var group = TaskGroup.open(NOTHING_STOPS)) {
            Task<?> task = group.start("task", () -> Sluice.sleep(ofSeconds(1)));
            task.cancel("not needed");
            assertThatThrownBy(task::get)
                    .isInstanceOf(CancelledException.class)
                    .hasMessage("cancelled: not needed (asked by main)");
            group.join();
        }
    }

    @Simulated
    void futureOfATaskCancelsIt() {
        try (var group = TaskGroup.open(NOTHING_STOPS)) {
            Task<?> task = group.start("task", () -> Sluice.sleep(ofSeconds(1)));
            var future = task.toFuture();
            assertThat(future.cancel(true)).isTrue();
            group.join();
            assertThat(task.outcome()).isInstanceOf(Outcome.Cancelled.class);
            assertThat(future).isCancelled();
        }
    }

    /// A group that is cancelled from outside while one of its tasks fails.
    private static void cutShort(IOException failure) {
        try (var group = TaskGroup.open()) {
            group.start("sleeper", () -> Sluice.sleep(ofHours(1)));
            group.start("flush", () -> {
                try {
                    Sluice.sleep(ofHours(1));
                } finally {
                    fail(failure);
                }
            });
            group.join();
        }
    }

    private static void fail(IOException failure) throws IOException {
        throw failure;
    }

    @Simulated
    void aFailureDoesNotVanishWithTheCancellationThatEndsAtAnEdge(Simulation simulation) {
        var failure = new IOException("disk full");
        boolean inTime = Deadline.after(ofSeconds(1)).tryRun(() -> cutShort(failure));
        assertThat(inTime).isFalse();
        assertThat(simulation.takeReports()).containsExactly(new Report.UnobservedFailure("main/flush", failure));
        boolean whole = CancelScope.run(scope -> {
            try (var group = TaskGroup.open()) {
                group.start("stopper", () -> {
                    Sluice.sleep(ofSeconds(1));
                    scope.cancel("stop");
                });
                cutShort(failure);
            }
        });
        assertThat(whole).isFalse();
        assertThat(simulation.takeReports()).containsExactly(new Report.UnobservedFailure("main/flush", failure));
    }

    @Simulated
    void norInATaskThatEndsAsCancelled(Simulation simulation) {
        var failure = new IOException("disk full");
        try (var group = TaskGroup.open()) {
            Task<Void> writer = group.start("writer", () -> cutShort(failure));
            Simulation.awaitAllBlocked();
            writer.cancel("stop");
            group.join();
            assertThat(writer.outcome()).isInstanceOf(Outcome.Cancelled.class);
        }
        assertThat(simulation.takeReports())
                .containsExactly(new Report.UnobservedFailure("main/writer/flush", failure));
    }
}
