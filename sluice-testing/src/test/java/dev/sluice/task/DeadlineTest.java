package dev.sluice.task;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Deadlines to the nanosecond: alone, nested, around groups, and at the same moment as what they bound.
@Tag("needs-opens")
class DeadlineTest {
    @Simulated
    void bodyIsCutShortAtTheMomentItself(Simulation simulation) {
        Duration budget = Duration.ofNanos(simulation.random().nextLong(1, 1_000_000_000_000L));
        assertThatThrownBy(() -> Deadline.after(budget).named("answer").run(() -> Sluice.sleep(ofDays(1))))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageEndingWith("passed: answer")
                .hasCauseInstanceOf(CancelledException.class);
        assertThat(simulation.elapsed()).isEqualTo(budget);
    }

    @Simulated
    void bodyThatEndsInTimeIsNotBothered(Simulation simulation) {
        int value = Deadline.after(ofSeconds(2)).call(() -> {
            Sluice.sleep(ofSeconds(1));
            return 42;
        });
        assertThat(value).isEqualTo(42);
        Sluice.sleep(ofHours(1));
        assertThat(simulation.elapsed()).isEqualTo(ofHours(1).plusSeconds(1));
    }

    @Simulated(seeds = 300)
    void nearestOfNestedDeadlinesWinsAndIsNamed(Simulation simulation) {
        List<Integer> budgets = new ArrayList<>();
        int depth = simulation.random().nextInt(1, 6);
        for (int i = 0; i < depth; i++) {
            budgets.add(simulation.random().nextInt(1, 5));
        }
        int nearest = budgets.stream().mapToInt(Integer::intValue).min().orElseThrow();
        Throwable thrown = catchThrowable(() -> nest(budgets, 0, simulation));
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(nearest));
        // Of those that end together the outermost cancels the others with it.
        assertThat(thrown)
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessage("deadline of " + nearest + " s passed: level " + budgets.indexOf(nearest));
    }

    private static void nest(List<Integer> budgets, int level, Simulation simulation) {
        if (level == budgets.size()) {
            int left = budgets.stream().mapToInt(Integer::intValue).min().orElseThrow();
            assertThat(Deadline.remainingHere()).contains(ofSeconds(left));
            Sluice.sleep(ofDays(1));
            return;
        }
        Deadline.after(ofSeconds(budgets.get(level)))
                .named("level " + level)
                .run(() -> nest(budgets, level + 1, simulation));
    }

    @Simulated
    void innerDeadlineLeavesTheRestOfTheOuterOne(Simulation simulation) {
        Deadline.after(ofSeconds(10)).run(() -> {
            assertThat(Deadline.after(ofSeconds(1)).tryRun(() -> Sluice.sleep(ofDays(1))))
                    .isFalse();
            assertThat(Deadline.remainingHere()).contains(ofSeconds(9));
            Sluice.sleep(ofSeconds(8));
        });
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(9));
    }

    @Simulated
    void oneDeadlineBoundsSeveralSteps(Simulation simulation) {
        Deadline deadline = Deadline.after(ofSeconds(3));
        deadline.run(() -> Sluice.sleep(ofSeconds(2)));
        assertThat(deadline.remaining()).isEqualTo(ofSeconds(1));
        assertThatThrownBy(() -> deadline.run(() -> Sluice.sleep(ofSeconds(2))))
                .isInstanceOf(DeadlineExceededException.class);
        assertThatThrownBy(() -> deadline.run(Sluice::yield)).isInstanceOf(DeadlineExceededException.class);
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(3));
        assertThat(deadline.remaining()).isZero();
    }

    @Simulated
    void budgetsWithoutTimeAndWithoutEnd(Simulation simulation) {
        assertThat(Deadline.after(ZERO).tryRun(() -> Sluice.sleep(ofSeconds(1))))
                .isFalse();
        assertThat(Deadline.after(ofSeconds(-1)).tryRun(Sluice::yield)).isFalse();
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        assertThat(Deadline.after(endless).tryRun(() -> Sluice.sleep(ofSeconds(1))))
                .isTrue();
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1));
    }

    @Simulated
    void bodyThatEndsLateWithoutSuspendingCountsAsDone(Simulation simulation) {
        Deadline.after(ofSeconds(1)).run(() -> CancelScope.shield(() -> Sluice.sleep(ofSeconds(2))));
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(2));
    }

    @Simulated
    void deadlineReachesTasksAndTheyAreAwaited(Simulation simulation) {
        List<String> ended = new ArrayList<>();
        assertThatThrownBy(() -> Deadline.after(ofSeconds(1)).named("all").run(() -> {
                    try (var group = TaskGroup.open()) {
                        for (int i = 0; i < 3; i++) {
                            group.start("t" + i, () -> sleepAndCleanUp(ended));
                        }
                        group.join();
                    }
                }))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("all");
        assertThat(ended).hasSize(3).allMatch(reason -> reason.contains("deadline of 1 s passed (all)"));
        assertThat(simulation.elapsed()).isEqualTo(ofMillis(1500)); // one second, and a half to clean up
    }

    private static void sleepAndCleanUp(List<String> ended) {
        try {
            Sluice.sleep(ofDays(1));
        } catch (CancelledException e) {
            CancelScope.shield(() -> Sluice.sleep(ofMillis(500)));
            ended.add(e.reason().describe());
            throw e;
        }
    }

    @Simulated
    void deadlineOfOneTaskFailsItsGroup(Simulation simulation) {
        assertThatThrownBy(() -> {
                    try (var group = TaskGroup.open()) {
                        group.start("patient", () -> Sluice.sleep(ofDays(1)));
                        group.start("hasty", () -> Deadline.after(ofSeconds(1)).run(() -> Sluice.sleep(ofDays(1))));
                        group.join();
                    }
                })
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("task main/hasty failed")
                .hasCauseInstanceOf(DeadlineExceededException.class);
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1));
    }

    @Simulated
    void deadlineHoldsForOffloadedWork() {
        assertThatThrownBy(() -> Deadline.after(ofSeconds(1))
                        .run(() -> Sluice.offload(() -> {
                            Sluice.sleep(ofSeconds(2));
                        })))
                .isInstanceOf(DeadlineExceededException.class);
    }

    @Simulated(seeds = 200)
    void cancellationAndDeadlineWhicheverComesFirstIsTheReason(Simulation simulation) {
        int budget = simulation.random().nextInt(1, 4);
        int moment = simulation.random().nextInt(1, 4);
        List<CancelReason> reasons = new ArrayList<>();
        try (var group = TaskGroup.open(JoinPolicy.<Object>collectAll())) {
            Task<?> task = group.start(
                    "task",
                    () -> Deadline.after(ofSeconds(budget)).run(() -> {
                        try {
                            Sluice.sleep(ofDays(1));
                        } catch (CancelledException e) {
                            reasons.add(e.reason());
                            throw e;
                        }
                    }));
            Sluice.sleep(ofSeconds(moment));
            task.cancel("stop");
            group.join();
        }
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(moment));
        CancelReason reason = reasons.getFirst();
        if (budget < moment) {
            assertThat(reason).isInstanceOf(CancelReason.DeadlinePassed.class);
        } else if (moment < budget) {
            assertThat(reason).isInstanceOf(CancelReason.Requested.class);
        }
    }

    private enum End {
        DONE,
        EXCEEDED
    }

    /// What ends exactly when its deadline does may go either way, but it goes one way.
    @Test
    void endAtTheSameMomentGoesOneWayOrTheOther() {
        Set<End> seen = EnumSet.noneOf(End.class);
        for (long seed = 0; seed < 100; seed++) {
            Simulation.seed(seed).run(() -> seen.add(race()));
        }
        assertThat(seen).containsExactlyInAnyOrder(End.values());
    }

    private static End race() {
        var answer = new Promise<Integer>("answer");
        try (var group = TaskGroup.open()) {
            group.start("producer", () -> {
                Sluice.sleep(ofMillis(10));
                answer.complete(1);
            });
            // The producer has armed its timer, or not yet: that is what the seed decides.
            Sluice.yield();
            End end = Deadline.after(ofMillis(10)).tryRun(answer::await) ? End.DONE : End.EXCEEDED;
            group.join();
            return end;
        }
    }

    @Simulated(seeds = 200)
    void resultIsNotLostWhenTheDeadlineComesLate(Simulation simulation) {
        RandomGenerator random = simulation.random();
        int taken = 0;
        List<Integer> values = new ArrayList<>();
        try (var group = TaskGroup.open()) {
            List<Promise<Integer>> promises = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                var promise = new Promise<Integer>("p" + i);
                promises.add(promise);
                int value = i;
                int delay = random.nextInt(3);
                group.start("producer", () -> {
                    Sluice.sleep(ofMillis(delay));
                    promise.complete(value);
                });
            }
            for (Promise<Integer> promise : promises) {
                while (!Deadline.after(ofMillis(1)).tryRun(() -> values.add(promise.await()))) {
                    taken++;
                }
            }
            group.join();
        }
        assertThat(values).containsExactly(0, 1, 2, 3, 4);
        assertThat(taken).isLessThanOrEqualTo(3);
    }
}
