package dev.sluice.testing;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.observe.Report;
import dev.sluice.observe.WaitGraph;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What makes a simulation fail, and what the failure says.
@Tag("needs-opens")
class SimulationFailureTest {
    private static Throwable failureOf(Action<?> body) {
        return catchThrowable(() -> Simulation.seed(17).run(body));
    }

    @Test
    void failureOfTheBodyKeepsItsTypeAndNamesTheSeed() {
        var failure = new IOException("mine");
        assertThat(failureOf(() -> {
                    Sluice.sleep(ofSeconds(2));
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(failure.getSuppressed())
                .singleElement()
                .isInstanceOf(Replay.class)
                .extracting(Throwable::getMessage)
                .asString()
                .contains("seed 17", "at 2.000000000 s", "Simulation.seed(17)", "2.000000000 main: sleep 2 s");
    }

    @Test
    void errorsAreFailuresToo() {
        assertThat(failureOf(() -> {
                    throw new AssertionError("expected");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessage("expected");
    }

    @Test
    void deadlockSaysWhoWaitsForWhat() {
        Throwable failure = failureOf(() -> {
            var answer = new Promise<Integer>("answer");
            var lock = new ReentrantLock();
            lock.lock();
            try (var group = TaskGroup.open()) {
                var first = group.start("first", answer::await);
                group.start("second", first::get);
                group.start("third", lock::lockInterruptibly);
                group.start("sleeper", () -> Sluice.sleep(ofSeconds(3)));
                group.join();
            }
        });
        assertThat(failure)
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("deadlock at 3.000000000 s")
                .hasMessageContaining("main waits for group main")
                .hasMessageContaining("main/first waits for answer")
                .hasMessageContaining("main/second waits for task main/first")
                .hasMessageContaining("main/third waits for park on NonfairSync")
                .hasMessageContaining("SimulationFailureTest.java")
                .hasMessageNotContaining("sleeper");
        assertThat(((DeadlockException) failure).waits())
                .extracting(WaitGraph.Wait::task)
                .containsExactlyInAnyOrder("main", "main/first", "main/second", "main/third");
    }

    @Test
    void deadlockCancelsSoThatTheProgramCleansUp() {
        List<String> cleaned = new ArrayList<>();
        Throwable failure = failureOf(() -> {
            try (var group = TaskGroup.open()) {
                group.start("stuck", () -> {
                    try {
                        new Promise<Void>().await();
                    } finally {
                        CancelScope.shield(() -> Sluice.sleep(ofSeconds(1)));
                        cleaned.add("stuck");
                    }
                });
                group.join();
            } finally {
                cleaned.add("main");
            }
        });
        assertThat(failure).isInstanceOf(DeadlockException.class);
        assertThat(cleaned).containsExactly("stuck", "main");
    }

    @Test
    void deadlockThatIgnoresTheCancellationIsAbandoned() {
        assertThat(failureOf(() -> CancelScope.shield(() -> new Promise<Void>("never").await())))
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("never");
        assertThat(failureOf(() -> {
                    var lock = new ReentrantLock();
                    try (var group = TaskGroup.open()) {
                        group.start("greedy", () -> lock.lock());
                        group.start("stuck", () -> lock.lock());
                        group.join();
                    }
                }))
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("waits for park on NonfairSync");
    }

    @Test
    void deadlockSaysThatThreadsOutsideAreNotWaitedFor() {
        assertThat(failureOf(() -> new Promise<Void>("callback").await()))
                .hasMessageContaining("A thread outside (an executor, a callback, I/O) is not waited for");
    }

    @Test
    void resumeFromOutsideIsToldOf() {
        var promise = new Promise<Integer>("from outside");
        var waiting = new CountDownLatch(1);
        Thread outside = Thread.ofPlatform().start(() -> {
            try {
                waiting.await();
            } catch (InterruptedException e) {
                return;
            }
            promise.complete(1);
        });
        Simulation simulation = Simulation.seed(17);
        Throwable failure = catchThrowable(() -> simulation.run(() -> {
            try (var group = TaskGroup.open()) {
                group.start("waiting", promise::await);
                Simulation.awaitAllBlocked();
                waiting.countDown();
                while (outside.isAlive()) {
                    Thread.onSpinWait(); // holds the loop, which would find a deadlock otherwise
                }
                group.join();
                throw new IOException("mine");
            }
        }));
        assertThat(failure).isInstanceOf(IOException.class);
        assertThat(simulation.trace()).contains("main/waiting: from outside, by another thread");
        assertThat(List.of(failure.getSuppressed()).getLast()).hasMessageContaining("Other threads resumed somebody");
    }

    @Test
    void endlessStepsEndAtTheLimit() {
        Simulation.Limits limits = Simulation.Limits.defaults().withSteps(100);
        List<String> ended = new ArrayList<>();
        assertThatThrownBy(() -> Simulation.seed(17).limits(limits).run(() -> {
                    try {
                        while (true) {
                            Sluice.yield();
                        }
                    } finally {
                        ended.add("main");
                    }
                }))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("step 101");
        assertThat(ended).containsExactly("main");
        assertThatThrownBy(() -> Simulation.seed(17).limits(limits).run(() -> {
                    while (true) {
                        Thread.yield(); // does not look whether it is cancelled
                    }
                }))
                .isInstanceOf(LimitExceededException.class);
    }

    @Test
    void endlessTimeEndsAtTheLimit() {
        Simulation.Limits limits = Simulation.Limits.defaults().withTime(ofDays(2));
        assertThatThrownBy(() -> Simulation.seed(17).limits(limits).run(() -> Sluice.sleep(ofDays(3))))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("2 days")
                .hasMessageContaining("main waits for sleep 72 h");
        assertThatCode(() -> Simulation.seed(17).limits(limits).run(() -> Sluice.sleep(ofDays(2))))
                .doesNotThrowAnyException();
    }

    @Test
    void bodyThatHoldsTheLoopIsShownWithItsStack() {
        Simulation.Limits limits = Simulation.Limits.defaults().withHolding(ofMillis(50));
        var released = new AtomicBoolean();
        try {
            assertThatThrownBy(() -> Simulation.seed(17).limits(limits).run(() -> spinUntil(released)))
                    .isInstanceOf(LimitExceededException.class)
                    .hasMessageContaining("no step has ended for 50 ms of real time: main holds the loop")
                    .cause()
                    .hasStackTraceContaining("spinUntil");
        } finally {
            released.set(true);
        }
    }

    private static void spinUntil(AtomicBoolean released) {
        while (!released.get()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void interruptOfTheRunnerEndsIt() {
        Thread runner = Thread.currentThread();
        var released = new AtomicBoolean();
        try {
            assertThatThrownBy(() -> Simulation.seed(17).run(() -> {
                        runner.interrupt();
                        spinUntil(released);
                    }))
                    .isInstanceOf(LimitExceededException.class)
                    .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            released.set(true);
        }
    }

    @Test
    void tasksLeftBehindAreAnErrorAndAreCancelled() {
        List<String> ended = new ArrayList<>();
        LeftoverException failure = catchThrowableOfType(
                LeftoverException.class,
                () -> Simulation.seed(17)
                        .run(() -> Loop.current().execute(() -> {
                            try {
                                Sluice.sleep(ofDays(1));
                            } finally {
                                ended.add("left");
                            }
                        })));
        assertThat(failure.waits()).singleElement().asString().contains("execute waits for sleep 24 h");
        assertThat(ended).containsExactly("left");
    }

    @Test
    void groupThatWasNotClosedIsAnError() {
        assertThat(failureOf(() -> {
                    @SuppressWarnings("MustBeClosed")
                    var group = TaskGroup.open();
                    group.start("left", () -> Sluice.sleep(ofDays(1)));
                }))
                .isInstanceOf(LeftoverException.class)
                .hasMessageContaining("a task group is to be closed")
                .hasMessageContaining("main/left waits for sleep 24 h");
    }

    @Test
    void virtualThreadLeftBehindIsAnError() {
        assertThat(failureOf(() -> Thread.ofVirtual().name("plain").start(LockSupport::park)))
                .isInstanceOf(LeftoverException.class)
                .hasMessageContaining("thread plain waits for park");
    }

    @Test
    void failureThatNobodyAwaitsIsAnErrorUnlessItIsTaken() {
        var failure = new IllegalStateException("unobserved");
        Action<RuntimeException> body = () -> Loop.current().execute(() -> {
            throw failure;
        });
        assertThat(failureOf(body)).isInstanceOf(LeftoverException.class).hasMessageContaining("unobserved");
        Simulation simulation = Simulation.seed(17);
        simulation.run(() -> {
            body.run();
            Simulation.awaitAllBlocked();
            assertThat(simulation.takeReports()).containsExactly(new Report.UnobservedFailure("execute", failure));
        });
    }

    @Test
    void leftoversDoNotHideTheFailureOfTheBody() {
        var failure = new IOException("mine");
        assertThat(failureOf(() -> {
                    Loop.current().execute(() -> Sluice.sleep(ofDays(1)));
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(failure.getSuppressed()[0]).isInstanceOf(LeftoverException.class);
    }

    @Test
    void timedWaitsOfTheJdkThatMeasureTheTimeAreRefused() {
        assertThat(failureOf(() -> Thread.sleep(200)))
                .isInstanceOf(RealTimeException.class)
                .hasMessageContaining("task main waits in java.lang.Thread.sleep")
                .hasMessageContaining("expected Sluice.sleep")
                .hasMessageContaining("SimulationFailureTest.java");
        assertThat(failureOf(() -> new CountDownLatch(1).await(1, TimeUnit.SECONDS)))
                .isInstanceOf(RealTimeException.class)
                .hasMessageContaining("CountDownLatch.await");
        assertThat(failureOf(() -> new LinkedBlockingQueue<>().poll(1, TimeUnit.SECONDS)))
                .isInstanceOf(RealTimeException.class)
                .hasMessageContaining("LinkedBlockingQueue.poll");
    }

    @Test
    void runsOnlyOnceAndNotOnALoop() {
        Simulation simulation = Simulation.seed(17);
        simulation.run(() -> {});
        assertThatThrownBy(() -> simulation.run(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it has been run");
        assertThat(failureOf(() -> Simulation.seed(1).run(() -> {})))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("called on a loop");
    }

    @Test
    void limitsAreChecked() {
        assertThatThrownBy(() -> Simulation.Limits.defaults().withSteps(0)).hasMessageContaining("steps=0");
        assertThatThrownBy(() -> Simulation.Limits.defaults().withTime(ofDays(-1)))
                .hasMessageContaining("time=");
        assertThatThrownBy(() -> Simulation.Limits.defaults().withHolding(ofDays(200_000)))
                .hasMessageContaining("holding=");
    }
}
