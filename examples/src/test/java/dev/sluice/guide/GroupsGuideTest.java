package dev.sluice.guide;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.task.JoinPolicy;
import dev.sluice.task.Outcome;
import dev.sluice.task.Task;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupsGuideTest {
    private static String fetch(String what) {
        Sluice.yield();
        return "page " + what;
    }

    private static String slow() {
        Sluice.sleep(ofSeconds(60));
        return "too late";
    }

    @Test
    void twoTasks() {
        List<String> shown = new ArrayList<>();
        Sluice.run(() -> {
            // tag::two
            try (var group = TaskGroup.open()) {
                Task<String> a = group.start("a", () -> fetch("a"));
                Task<String> b = group.start("b", () -> fetch("b"));
                group.join();
                shown.add(a.get());
                shown.add(b.get());
            }
            // end::two
        });
        assertThat(shown).containsExactly("page a", "page b");
    }

    @Test
    void resultsInTheOrderOfTheStart() {
        List<String> pages = Sluice.call(() -> {
            // tag::list
            try (var group = TaskGroup.open(JoinPolicy.<String>allSuccessful())) {
                for (String name : List.of("a", "b", "c")) {
                    group.start(name, () -> fetch(name));
                }
                return group.join();
            }
            // end::list
        });
        assertThat(pages).containsExactly("page a", "page b", "page c");
    }

    @Test
    void resultsAsTheyCome() {
        List<String> shown = new ArrayList<>();
        Sluice.run(() -> {
            // tag::completions
            try (var group = TaskGroup.open(JoinPolicy.<String>allSuccessful())) {
                for (int millis : List.of(1000, 1)) {
                    group.start("wait " + millis, () -> {
                        Sluice.sleep(ofMillis(millis));
                        return "after " + millis;
                    });
                }
                for (Task<String> ended : group.completions()) {
                    shown.add(ended.get());
                }
                group.join();
            }
            // end::completions
        });
        assertThat(shown).containsExactly("after 1", "after 1000");
    }

    @Test
    void firstSuccess() {
        String page = Sluice.call(() -> {
            // tag::first
            try (var group = TaskGroup.open(JoinPolicy.<String>firstSuccess())) {
                group.start("mirror 1", () -> slow());
                group.start("mirror 2", () -> fetch("2"));
                return group.join();
            }
            // end::first
        });
        assertThat(page).isEqualTo("page 2");
    }

    // tag::quorum
    /// Enough is two answers; more than one failure is too many.
    static final class TwoOfThree implements JoinPolicy<String, List<String>> {
        private final AtomicInteger answers = new AtomicInteger();
        private final AtomicInteger failures = new AtomicInteger();

        @Override
        public boolean ended(Task<? extends String> task, Outcome<? extends String> outcome) {
            return outcome.succeeded() ? answers.incrementAndGet() == 2 : failures.incrementAndGet() == 2;
        }

        @Override
        public List<String> result(List<Task<? extends String>> tasks) {
            List<String> given = new ArrayList<>();
            for (Task<? extends String> task : tasks) {
                if (task.outcome() instanceof Outcome.Succeeded<? extends String>(String answer)) {
                    given.add(answer);
                }
            }
            return given;
        }
    }
    // end::quorum

    @Test
    void ownPolicyDecidesWhenTheRestIsCancelled() {
        List<String> answers = Sluice.call(() -> {
            try (var group = TaskGroup.open(new TwoOfThree())) {
                group.start("a", () -> fetch("a"));
                group.start("b", () -> slow());
                group.start("c", () -> fetch("c"));
                return group.join();
            }
        });
        assertThat(answers).containsExactly("page a", "page c");
    }

    @Test
    void firstFailureIsThrownWithTheOthersSuppressed() {
        List<String> told = new ArrayList<>();
        Sluice.run(() -> {
            // tag::failure
            try (var group = TaskGroup.open()) {
                group.start("a", () -> {
                    throw new IOException("disk full");
                });
                group.start("b", () -> {
                    try {
                        Sluice.sleep(ofSeconds(60));
                    } catch (CancelledException cancelled) {
                        throw new IllegalStateException("clean-up failed", cancelled);
                    }
                });
                group.join();
            } catch (TaskFailedException failure) {
                told.add(failure.task()); // main/a
                told.add(failure.getCause().getMessage()); // disk full
                told.add(failure.getSuppressed()[0].getMessage()); // task main/b failed: …: clean-up failed
            }
            // end::failure
        });
        assertThat(told)
                .containsExactly(
                        "main/a", "disk full", "task main/b failed: java.lang.IllegalStateException: clean-up failed");
    }

    @Test
    void failureWhileTheBodyWaits() {
        List<String> told = new ArrayList<>();
        Sluice.run(() -> {
            // tag::body
            try {
                TaskGroup.run(group -> {
                    group.start("a", () -> {
                        throw new IOException("disk full");
                    });
                    Sluice.sleep(ofSeconds(60)); // a share of the work, which is cancelled
                });
            } catch (TaskFailedException failure) {
                told.add(failure.getMessage()); // task main/a failed: …: disk full
            }
            // end::body
        });
        assertThat(told).containsExactly("task main/a failed: java.io.IOException: disk full");
    }

    @Test
    void groupThatIsClosedWithoutAJoinSaysSo() {
        assertThatThrownBy(() -> Sluice.run(() -> {
                    try (var group = TaskGroup.open()) {
                        group.start("forgotten", () -> slow());
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected join() before");
    }

    @Test
    void failureOfAGroupThatIsNotJoinedIsThrownByItsClose() {
        assertThatThrownBy(() -> Sluice.run(() -> {
                    try (var group = TaskGroup.open()) {
                        Task<Object> broken = group.start("broken", () -> {
                            throw new IOException("disk full");
                        });
                        broken.outcome();
                    }
                }))
                .isInstanceOf(TaskFailedException.class)
                .hasMessage("task main/broken failed: java.io.IOException: disk full");
    }

    @Test
    void helperIsCancelledWhenTheWorkIsDone() {
        AtomicInteger beats = new AtomicInteger();
        String result = Sluice.call(() -> {
            // tag::helper
            try (var group = TaskGroup.open()) {
                Task<Void> heartbeat = group.start("heartbeat", () -> {
                    while (true) {
                        beats.incrementAndGet();
                        Sluice.sleep(ofMillis(10));
                    }
                });
                String page = fetch("a");
                heartbeat.cancel("the page is there");
                group.join(); // a cancelled task is no failure
                return page;
            }
            // end::helper
        });
        assertThat(result).isEqualTo("page a");
    }

    @Test
    void cancellingTheGroupIsThrownByItsJoin() {
        CancelReason[] seen = new CancelReason[1];
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                group.start("a", () -> slow());
                group.cancel("enough");
                group.join();
            } catch (CancelledException cancelled) {
                seen[0] = cancelled.reason();
            }
        });
        assertThat(seen[0].describe()).isEqualTo("enough (asked by main)");
    }

    @Test
    void tasksOnOtherLoops() throws Exception {
        List<String> names;
        try (Loops loops = Loops.open(dev.sluice.loop.LoopsConfig.defaults().withCount(2))) {
            names = Sluice.callOn(loops.loop(0), "main", () -> {
                // tag::loops
                try (var group = TaskGroup.open(JoinPolicy.<String>allSuccessful())) {
                    for (Loop loop : Loop.current().loops().all()) {
                        group.startOn(
                                loop, "on " + loop.name(), () -> Loop.current().name());
                    }
                    return group.join();
                }
                // end::loops
            });
        }
        assertThat(names).containsExactly("sluice-0", "sluice-1");
    }

    @Test
    void futuresGoBothWays() throws Exception {
        CompletableFuture<String> theirs = CompletableFuture.supplyAsync(() -> "theirs");
        List<String> got = new ArrayList<>();
        Sluice.run(() -> {
            // tag::futures
            String value = Sluice.await(theirs); // a CompletionStage of another library
            try (var group = TaskGroup.open()) {
                Task<String> page = group.start("page", () -> fetch("a"));
                CompletableFuture<String> ours = page.toFuture(); // for code that wants a future
                group.join();
                got.add(value);
                got.add(ours.join());
            }
            // end::futures
        });
        assertThat(got).containsExactly("theirs", "page a");
    }
}
