package dev.sluice.task;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;

/// In which order results come, and how groups begin and end.
@Tag("needs-opens")
class GroupOrderTest {
    @Simulated(seeds = 200)
    void completionsComeInTheOrderInWhichTasksEnd(Simulation simulation) {
        int count = simulation.random().nextInt(0, 10);
        List<Integer> millis = new ArrayList<>();
        List<Integer> seen = new ArrayList<>();
        try (var group = TaskGroup.open(JoinPolicy.<Integer>allSuccessful())) {
            for (int i = 0; i < count; i++) {
                int duration = simulation.random().nextInt(5);
                millis.add(duration);
                group.start("t" + i, () -> {
                    Sluice.sleep(ofMillis(duration));
                    return duration;
                });
            }
            for (Task<Integer> task : group.completions()) {
                assertThat(task.isDone()).isTrue();
                assertThat(simulation.elapsed()).isEqualTo(ofMillis(task.get()));
                seen.add(task.get());
            }
            assertThat(group.join()).isEqualTo(millis);
        }
        assertThat(seen).isEqualTo(millis.stream().sorted().toList());
    }

    @Simulated
    void completionsIncludeTasksStartedMeanwhile(Simulation simulation) {
        List<String> seen = new ArrayList<>();
        try (var group = TaskGroup.open(JoinPolicy.<Integer>allSuccessful())) {
            group.start("0", () -> 0);
            for (Task<Integer> task : group.completions()) {
                seen.add(task.name());
                int next = task.get() + 1;
                if (next < 5) {
                    group.start("" + next, delayed(next));
                }
            }
            group.join();
        }
        assertThat(seen).containsExactly("0", "1", "2", "3", "4");
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1 + 2 + 3 + 4));
    }

    private static Callable<Integer> delayed(int seconds) {
        return () -> {
            Sluice.sleep(ofSeconds(seconds));
            return seconds;
        };
    }

    @Simulated
    void completionsOfACancelledOwnerThrow() {
        CancelScope.run(scope -> {
            try (var group = TaskGroup.open(JoinPolicy.<Integer>collectAll())) {
                group.start("slow", delayed(5));
                group.start("stopper", () -> {
                    scope.cancel("enough");
                    return 0;
                });
                assertThatThrownBy(() -> group.completions().forEach(task -> {}))
                        .isInstanceOf(CancelledException.class);
                assertThatThrownBy(group::join).isInstanceOf(CancelledException.class);
            }
        });
    }

    @Simulated
    void tasksOfTasksBelongToTheGroup(Simulation simulation) {
        List<String> paths = new ArrayList<>();
        try (var group = TaskGroup.open()) {
            group.start("parent", () -> {
                group.start("sibling", () -> {
                    Sluice.sleep(ofSeconds(2));
                    paths.add(Simulation.current().elapsed().toString());
                });
            });
            group.join();
        }
        assertThat(paths).containsExactly("PT2S");
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(2));
    }

    @Simulated
    void pathsTellTheTree() {
        List<String> paths = new ArrayList<>();
        try (var outer = TaskGroup.open("outer", JoinPolicy.failFast())) {
            outer.start("a", () -> {
                try (var inner = TaskGroup.open()) {
                    paths.add(inner.start("b", () -> {}).path());
                    inner.join();
                }
            });
            outer.join();
        }
        assertThat(paths).containsExactly("main/outer/a/b");
    }

    @Simulated
    void joinedGroupTakesNoMoreTasks() {
        try (var group = TaskGroup.open()) {
            group.join();
            assertThatThrownBy(() -> group.start("late", () -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("joined or closed");
            assertThatThrownBy(group::join).hasMessageContaining("joined already");
        }
    }

    @Simulated
    void onlyTheOwnerJoins() {
        try (var group = TaskGroup.open()) {
            Task<?> other = group.start("other", () -> {
                assertThatThrownBy(group::join)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("called by main/other, expected its owner main");
            });
            group.join();
            other.get();
        }
    }

    @Simulated
    void groupClosedWithoutJoinCancelsAndSaysSo(Simulation simulation) {
        List<String> cancelled = new ArrayList<>();
        assertThatThrownBy(() -> {
                    try (var group = TaskGroup.open()) {
                        group.start("forgotten", () -> {
                            try {
                                Sluice.sleep(ofSeconds(5));
                            } finally {
                                cancelled.add("forgotten");
                            }
                        });
                        Sluice.sleep(ofSeconds(1));
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tasks were still running");
        assertThat(cancelled).containsExactly("forgotten");
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1));
    }

    @Simulated
    void groupClosedWithoutJoinThrowsTheFailureThatNobodySaw() {
        assertThatThrownBy(() -> {
                    try (var group = TaskGroup.open(JoinPolicy.<Object>collectAll())) {
                        group.start("failing", () -> {
                            throw new IOException("unseen");
                        });
                        Sluice.sleep(ofSeconds(1));
                    }
                })
                .isInstanceOf(TaskFailedException.class)
                .hasRootCauseMessage("unseen");
    }

    @Simulated
    void groupClosedWithoutJoinAfterItsTasksEndedIsFine() {
        try (var group = TaskGroup.open()) {
            group.start("quick", () -> {});
            Sluice.sleep(ofSeconds(1));
        }
    }

    @Simulated
    void failureOfTheBodyCancelsTheTasksAndStaysThePrimary(Simulation simulation) {
        var failure = new IllegalStateException("body");
        assertThatThrownBy(() -> {
                    try (var group = TaskGroup.open()) {
                        group.start("task", () -> Sluice.sleep(ofSeconds(5)));
                        throw failure;
                    }
                })
                .isSameAs(failure);
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(simulation.elapsed()).isZero();
    }
}
