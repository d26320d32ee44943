package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.loop.LoopSeams;
import dev.sluice.internal.poll.Poller;
import dev.sluice.internal.testkit.JdkSleep;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.OnSeams;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A coroutine that its loop leaves behind is not lost: it goes on, elsewhere.
@ExtendWith(Leaks.class)
class ClosedLoopTest {
    private static final Duration NO_GRACE = Duration.ofMillis(1);

    private final CompletableFuture<Thread> waits = new CompletableFuture<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    /// Starts a coroutine and closes the loop under it, when it waits.
    private ShutdownReport leaveBehind(Runnable body) throws Exception {
        return leaveBehind(TestLoops.open(1), body);
    }

    private ShutdownReport leaveBehind(Loops loops, Runnable body) throws Exception {
        loops.loop(0).execute(() -> {
            waits.complete(Thread.currentThread());
            try {
                body.run();
                ended.complete("returned");
            } catch (Throwable failure) {
                ended.complete(failure.toString());
            }
        });
        Thread coroutine = Patience.get(waits);
        Patience.until("the coroutine waits", () -> switch (coroutine.getState()) {
            case WAITING, TIMED_WAITING -> true;
            default -> false;
        });
        return loops.close(NO_GRACE);
    }

    @Test
    void aParkedCoroutineIsResumed() throws Exception {
        var go = new CountDownLatch(1);
        ShutdownReport report = leaveBehind(() -> {
            while (go.getCount() > 0) {
                LockSupport.park();
                Thread.interrupted();
            }
        });
        assertThat(report.clean()).isFalse();
        assertThat(report.holdouts()).hasSize(1);
        assertThat(ended).isNotDone();

        go.countDown();
        LockSupport.unpark(Patience.get(waits));

        assertThat(Patience.get(ended)).isEqualTo("returned");
    }

    @Test
    void aCoroutineInAnUncancellableWaitIsResumed() throws Exception {
        var promise = new Promise<String>("shielded");
        ShutdownReport report = leaveBehind(() -> CancelScope.shield(promise::await));
        assertThat(report.holdouts()).hasSize(1);
        assertThat(report.holdouts().getFirst().doing()).isEqualTo("waiting for shielded");

        promise.complete("late");

        assertThat(Patience.get(ended)).isEqualTo("returned");
    }

    @Test
    void aTimedParkOfTheJdkStillEnds() throws Exception {
        ShutdownReport report = leaveBehind(() -> {
            long end = System.nanoTime() + Duration.ofMillis(300).toNanos();
            while (System.nanoTime() - end < 0) {
                LockSupport.parkNanos(end - System.nanoTime());
                Thread.interrupted();
            }
        });
        assertThat(report.holdouts()).hasSize(1);
        assertThat(Patience.get(ended)).isEqualTo("returned");
    }

    /// A disk that has died may keep io_uring from ending what is in flight.
    @Test
    void aSleepStillEndsIfThePollerCannotBeClosed() throws Exception {
        var told = new CompletableFuture<Report>();
        Consumer<Report> before = Reports.handler(told::complete);
        try {
            Loops loops = OnSeams.open(real -> new LoopSeams(
                    real.clock(), stuck(real.poller()), real.ready(), real.timerShift(), real.random(), null));
            leaveBehind(loops, () -> CancelScope.shield(() -> Sluice.sleep(Duration.ofMillis(300))));
            assertThat(Patience.get(ended)).isEqualTo("returned");
            assertThat(Patience.get(told).describe()).contains("in flight, said the test");
        } finally {
            Reports.handler(before);
        }
    }

    private static Poller stuck(Poller real) {
        return (Poller) Proxy.newProxyInstance(
                Poller.class.getClassLoader(), new Class<?>[] {Poller.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(real, arguments);
                    if (method.getName().equals("close")) {
                        throw new IllegalStateException("in flight, said the test");
                    }
                    return result;
                });
    }

    @Test
    void aShieldedSleepStillEnds() throws Exception {
        ShutdownReport report = leaveBehind(() -> CancelScope.shield(() -> Sluice.sleep(Duration.ofMillis(300))));
        assertThat(report.holdouts()).hasSize(1);
        assertThat(Patience.get(ended)).isEqualTo("returned");
    }

    @Test
    void aDeadlineStillPasses() throws Exception {
        ShutdownReport report = leaveBehind(() -> CancelScope.shield(() ->
                Deadline.after(Duration.ofMillis(300)).named("late").run(() -> new Promise<String>("never").await())));
        assertThat(report.holdouts()).hasSize(1);
        assertThat(Patience.get(ended)).contains("DeadlineExceededException").contains("late");
    }

    @Test
    void whatStartsAndSleepsAfterTheCloseEndsToo() throws Exception {
        var go = new CountDownLatch(1);
        leaveBehind(() -> CancelScope.shield(() -> {
            awaitUninterruptibly(go);
            Sluice.sleep(Duration.ofMillis(1));
            LockSupport.parkNanos(1_000_000);
            Sluice.yield();
            try (var group = TaskGroup.open()) {
                group.start("child", () -> Sluice.sleep(Duration.ofMillis(1)));
                group.join();
            }
        }));
        go.countDown();
        assertThat(Patience.get(ended)).isEqualTo("returned");
    }

    @Test
    void aVirtualThreadThatACoroutineStartedOutlivesTheLoop() throws Exception {
        var asleep = new CompletableFuture<Thread>();
        Loops loops = TestLoops.open(1);
        loops.loop(0)
                .execute(() -> Thread.startVirtualThread(() -> {
                    try {
                        asleep.complete(Thread.currentThread());
                        JdkSleep.nanos(Duration.ofMillis(300).toNanos());
                        ended.complete("slept");
                    } catch (InterruptedException e) {
                        ended.complete("interrupted");
                    }
                }));
        Thread foreign = Patience.get(asleep);
        Patience.until("it sleeps", () -> foreign.getState() == Thread.State.TIMED_WAITING);

        assertThat(loops.close(NO_GRACE).clean())
                .as("it is no task of the loops")
                .isTrue();

        assertThat(Patience.get(ended)).isEqualTo("slept");
    }

    @Test
    void nothingNewStartsOnAClosedLoop() {
        Loops loops = TestLoops.open(1);
        Loop loop = loops.loop(0);
        loops.close();
        assertThatThrownBy(() -> loop.execute(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("start task execute: its loops have been closed");
        assertThatThrownBy(() -> Sluice.callOn(loop, "late", () -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("start task late: its loops have been closed");
    }

    @Test
    void aStartOnAClosedLoopIsRefusedAndTheGroupStaysUsable() throws Exception {
        Loops closed = TestLoops.open(1);
        closed.close();
        TestLoops.run(() -> {
            try (var group = TaskGroup.open()) {
                assertThatThrownBy(() -> group.startOn(closed.loop(0), "lost", () -> {}))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("start task lost")
                        .hasMessageContaining("closed");
                assertThat(group.start("here", () -> 1).get()).isEqualTo(1);
                group.join();
            }
        });
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException again) {
                assertThat(latch.getCount()).isNotNegative();
            }
        }
    }
}
