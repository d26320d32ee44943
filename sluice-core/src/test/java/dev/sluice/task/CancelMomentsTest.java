package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A task is cancelled before it runs, while it runs, while it ends, by itself, in a shield; and when it does
/// not care.
@ExtendWith(Leaks.class)
class CancelMomentsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void aTaskCancelledBeforeItRunsStartsCancelledSoThatItCanCleanUp() throws Exception {
        TestLoops.run(() -> {
            List<String> seen = new ArrayList<>();
            try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
                if (!Loop.current().confined()) {
                    return; // it may run before the starter goes on
                }
                Task<Object> task = group.start("victim", () -> {
                    seen.add("ran");
                    assertThat(Thread.currentThread().isInterrupted()).isTrue();
                    try {
                        Sluice.yield();
                        return "yielded";
                    } finally {
                        seen.add("cleaned up");
                    }
                });
                assertThat(task.cancel("early")).isTrue();
                assertThat(task.cancelled()).contains(new CancelReason.Requested("main", "early"));
                assertThat(task.isDone()).isFalse();
                assertThat(task.outcome()).isInstanceOf(Outcome.Cancelled.class);
                assertThat(seen).containsExactly("ran", "cleaned up");
                group.join();
            }
        });
    }

    @Test
    void aTaskStartedInACancelledGroupStartsCancelled() throws Exception {
        TestLoops.run(() -> {
            Task<String> task;
            try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
                group.cancel("closed for today");
                task = group.start("late", () -> {
                    Sluice.sleep(HOUR);
                    return "slept";
                });
                assertThatThrownBy(group::join).isInstanceOf(CancelledException.class);
            }
            assertThat(task.outcome())
                    .isEqualTo(new Outcome.Cancelled<>(new CancelReason.Requested("main", "closed for today")));
        });
    }

    @Test
    void aTaskMayCancelItself() throws Exception {
        TestLoops.run(() -> {
            var self = new CompletableFuture<Task<String>>();
            try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
                Task<String> task = group.start("suicide", () -> {
                    Task<String> me = Sluice.await(self);
                    assertThat(me.cancel("myself")).isTrue();
                    assertThat(me.cancel("twice")).isFalse();
                    Sluice.yield();
                    return "survived";
                });
                self.complete(task);
                assertThat(task.outcome())
                        .isEqualTo(new Outcome.Cancelled<>(new CancelReason.Requested("main/suicide", "myself")));
                group.join();
            }
        });
    }

    @Test
    void aTaskThatHasEndedIsNotCancelled() throws Exception {
        TestLoops.run(() -> {
            try (var group = TaskGroup.open()) {
                Task<Integer> task = group.start("quick", () -> 1);
                assertThat(task.get()).isOne();
                assertThat(task.cancel("too late")).isFalse();
                assertThat(task.cancelled()).isEmpty();
                assertThat(task.get()).isOne();
                group.join();
            }
        });
    }

    /// The cancellation comes while the task ends: the outcome is what the body did, and whoever asks gets the
    /// same.
    @Test
    void cancelWhileItEnds() throws Exception {
        try (Loops loops = TestLoops.open(2)) {
            var succeeded = new AtomicInteger();
            Sluice.callOn(loops.loop(0), "main", () -> {
                for (int round = 0; round < 2_000; round++) {
                    try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
                        Task<Integer> task = group.startOn(loops.loop(1), "victim", () -> {
                            Sluice.yield();
                            return 7;
                        });
                        boolean cancelled = round % 2 == 0 && task.cancel("race");
                        switch (task.outcome()) {
                            case Outcome.Succeeded<Integer>(Integer value) -> {
                                assertThat(value).isEqualTo(7);
                                succeeded.incrementAndGet();
                            }
                            case Outcome.Cancelled<Integer>(CancelReason why) -> {
                                assertThat(cancelled).isTrue();
                                assertThat(why).isEqualTo(new CancelReason.Requested("main", "race"));
                            }
                            case Outcome.Failed<Integer>(Throwable failure) -> throw new AssertionError(failure);
                        }
                        assertThat(task.cancelled().isPresent()).isEqualTo(cancelled);
                        group.join();
                    }
                }
                return true;
            });
            assertThat(succeeded.get()).isGreaterThanOrEqualTo(1_000);
        }
    }

    @Test
    void aShieldLetsCleanUpSuspendAndADeadlineInsideStillHolds() throws Exception {
        TestLoops.run(() -> {
            List<String> seen = new ArrayList<>();
            try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
                var inside = new CountDownLatch(1);
                Task<Object> task = group.start("victim", () -> {
                    try {
                        inside.countDown();
                        Sluice.sleep(HOUR);
                        return 1;
                    } finally {
                        assertThat(Thread.currentThread().isInterrupted()).isTrue();
                        CancelScope.shield(() -> {
                            assertThat(Thread.currentThread().isInterrupted()).isFalse();
                            assertThat(CancelScope.currentReason()).isEmpty();
                            Sluice.sleep(Duration.ofMillis(1));
                            seen.add("slept");
                            boolean whole = Deadline.after(Duration.ofMillis(1)).tryRun(() -> Sluice.sleep(HOUR));
                            seen.add("deadline " + whole);
                            assertThat(Sluice.<String, RuntimeException>offload(() -> "offloaded"))
                                    .isEqualTo("offloaded");
                        });
                        assertThat(Thread.currentThread().isInterrupted()).isTrue();
                        assertThatThrownBy(Sluice::yield).isInstanceOf(CancelledException.class);
                    }
                });
                inside.await();
                task.cancel("stop");
                assertThat(task.outcome()).isInstanceOf(Outcome.Cancelled.class);
                group.join();
            }
            assertThat(seen).containsExactly("slept", "deadline false");
        });
    }

    @Test
    void childrenStartedInAShieldAreShielded() throws Exception {
        TestLoops.run(() -> CancelScope.run(scope -> {
            scope.cancel("stop");
            CancelScope.shield(() -> {
                try (var group = TaskGroup.open()) {
                    Task<String> task = group.start("child", () -> {
                        Sluice.sleep(Duration.ofMillis(1));
                        return "done";
                    });
                    group.join();
                    assertThat(task.get()).isEqualTo("done");
                }
            });
        }));
    }

    @Test
    void whoIgnoresACancellationIsNamed() throws Exception {
        BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
        Consumer<Report> before = Reports.handler(reports::add);
        try {
            TestLoops.run(() -> {
                var release = new Promise<Integer>("the stubborn one's wish");
                try (var group = TaskGroup.open("work", JoinPolicy.collectAll())) {
                    group.start("stubborn", () -> CancelScope.shield(release::await));
                    Sluice.yield();
                    group.cancel("stop");
                    Report report = next(reports);
                    assertThat(report).isInstanceOfSatisfying(Report.IgnoredCancel.class, ignored -> {
                        assertThat(ignored.group()).isEqualTo("group main/work");
                        assertThat(ignored.reason()).isEqualTo("stop (asked by main)");
                        assertThat(ignored.holdouts()).singleElement().satisfies(holdout -> {
                            assertThat(holdout.task()).isEqualTo("main/work/stubborn");
                            assertThat(holdout.doing()).isEqualTo("waiting for the stubborn one's wish");
                        });
                    });
                    release.complete(1);
                    group.join();
                }
            });
        } finally {
            Reports.handler(before);
        }
        assertThat(reports).isEmpty();
    }

    /// Waits for a report, also in a cancelled group.
    private static Report next(BlockingQueue<Report> reports) {
        var found = new CompletableFuture<Report>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                found.complete(reports.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                found.completeExceptionally(e);
            }
        });
        CancelScope.shield(() -> Sluice.await(found.handle((report, failure) -> true)));
        return found.join();
    }

    @Test
    void cancellingAFutureCancelsTheTask() throws Exception {
        TestLoops.run(() -> {
            try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
                Task<Integer> task = group.start("victim", () -> {
                    Sluice.sleep(HOUR);
                    return 1;
                });
                Sluice.yield();
                CompletableFuture<Integer> future = task.toFuture();
                assertThat(future.cancel(true)).isTrue();
                assertThat(task.outcome())
                        .isEqualTo(new Outcome.Cancelled<>(
                                new CancelReason.Requested("main", "its future was cancelled")));
                assertThat(future.isCancelled()).isTrue();
                group.join();
            }
        });
    }

    /// A million waits would take minutes if a cancellation cost more than its share.
    @Test
    void aWideAndADeepTreeOfTasksIsCancelledFromAnotherLoop() throws Exception {
        try (Loops loops = TestLoops.open(2)) {
            var ended = new AtomicInteger();
            var waiting = new AtomicInteger();
            assertThatThrownBy(() -> Sluice.callOn(loops.loop(0), "main", () -> {
                        try (var group = TaskGroup.open()) {
                            group.start("wide", () -> wide(1_000, waiting, ended));
                            group.start("deep", () -> deep(300, waiting, ended));
                            group.startOn(loops.loop(1), "canceller", () -> {
                                while (waiting.get() < 1_300) {
                                    Sluice.yield();
                                }
                                group.cancel("enough");
                            });
                            return group.join();
                        }
                    }))
                    .isInstanceOf(CancelledException.class);
            assertThat(ended).hasValue(1_300);
            assertThat(Engines.root(loops).tasks()).isEmpty();
        }
    }

    private static void wide(int tasks, AtomicInteger waiting, AtomicInteger ended) {
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < tasks; i++) {
                group.start("leaf", () -> waitForEver(waiting, ended));
            }
            group.join();
        }
    }

    private static void deep(int depth, AtomicInteger waiting, AtomicInteger ended) {
        if (depth == 1) {
            waitForEver(waiting, ended);
            return;
        }
        waiting.incrementAndGet();
        try (var group = TaskGroup.open()) {
            group.start("next", () -> deep(depth - 1, waiting, ended));
            group.join();
        } finally {
            ended.incrementAndGet();
        }
    }

    private static void waitForEver(AtomicInteger waiting, AtomicInteger ended) {
        waiting.incrementAndGet();
        try {
            Sluice.sleep(HOUR);
        } finally {
            ended.incrementAndGet();
        }
    }
}
