package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.sched.LoopThread;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.task.TaskLocal;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Threads that are not coroutines of ours: virtual ones that coroutines start with the JDK's means, those that
/// look at coroutines, and what a coroutine sees of its carrier.
@ExtendWith(Leaks.class)
class ForeignThreadsTest {
    private static final ScopedValue<String> USER = ScopedValue.newInstance();

    @Test
    void aVirtualThreadStartedByACoroutineRunsOnItsLoop() throws Exception {
        TestLoops.run(() -> {
            Loop home = Loop.current();
            var seen = new CompletableFuture<String>();
            Thread foreign = Thread.ofVirtual().start(() -> {
                try {
                    if (!home.confined()) {
                        seen.complete("not ours");
                        return;
                    }
                    assertThat(Loop.current()).isSameAs(home);
                    Sluice.sleep(Duration.ofMillis(1));
                    Sluice.yield();
                    assertThat(Sluice.<Boolean, RuntimeException>offload(
                                    () -> Thread.currentThread().isVirtual()))
                            .as("its offloaded work holds the loop")
                            .isFalse();
                    seen.complete(Deadline.after(Duration.ofMinutes(1)).call(() -> "ours"));
                } catch (Throwable failure) {
                    seen.completeExceptionally(failure);
                }
            });
            assertThat(Patience.get(seen)).isEqualTo(home.confined() ? "ours" : "not ours");
            foreign.join();
        });
    }

    @Test
    void itMayOpenGroupsAndAwaitWhatTasksGive() throws Exception {
        TestLoops.run(() -> {
            Loop home = Loop.current();
            var promise = new Promise<Integer>("answer");
            var seen = new CompletableFuture<Integer>();
            Thread.ofVirtual().start(() -> {
                try (var group = TaskGroup.open()) {
                    Task<Integer> task = group.startOn(home, "child", () -> promise.await() + 1);
                    group.join();
                    seen.complete(task.get());
                } catch (Throwable failure) {
                    seen.completeExceptionally(failure);
                }
            });
            promise.complete(41);
            assertThat(Sluice.await(seen)).isEqualTo(42);
        });
    }

    @Test
    void anExecutorOfVirtualThreadsWorksInACoroutine() throws Exception {
        TestLoops.run(() -> {
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Integer>> results = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    int number = i;
                    results.add(executor.submit(() -> {
                        Thread.yield();
                        return number;
                    }));
                }
                int sum = 0;
                for (Future<Integer> result : results) {
                    sum += result.get();
                }
                assertThat(sum).isEqualTo(4950);
            }
        });
    }

    @Test
    void aPlatformThreadMayUseEverythingButTheLoopItDoesNotHave() throws Exception {
        assertThatThrownBy(Loop::current)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is not on a loop, expected a coroutine; start one with Sluice.run");
        Sluice.sleep(Duration.ofMillis(1));
        Sluice.yield();
        assertThat(Sluice.<String, RuntimeException>offload(() -> "here")).isEqualTo("here");
        try (Loops loops = TestLoops.open(1);
                var group = TaskGroup.open()) {
            Task<Loop> task = group.startOn(loops.loop(0), "task", () -> Loop.current());
            assertThatThrownBy(() -> group.start("nowhere", () -> 1)).isInstanceOf(IllegalStateException.class);
            group.join();
            assertThat(task.get()).isSameAs(loops.loop(0));
        }
    }

    @Test
    void scopedValuesAndTaskLocalsFollowIntoChildrenOtherLoopsAndOffload() throws Exception {
        var local = new TaskLocal<String>("local");
        try (Loops loops = TestLoops.open(2)) {
            Sluice.callOn(loops.loop(0), "main", () -> {
                boolean confined = Loop.current().confined();
                String bound = confined ? "alice" : "nobody";
                ScopedValue.where(USER, "alice")
                        .call(() -> local.call("blue", () -> {
                            try (var group = TaskGroup.open()) {
                                Task<String> here = group.start("here", () -> describe(local));
                                Task<String> there = group.startOn(loops.loop(1), "there", () -> describe(local));
                                Task<String> inner = group.start(
                                        "inner",
                                        () -> ScopedValue.where(USER, "bob")
                                                .call(() -> Sluice.<String, Exception>offload(() -> describe(local))));
                                assertThat(Sluice.<String, RuntimeException>offload(() -> describe(local)))
                                        .isEqualTo(bound + " blue");
                                group.join();
                                assertThat(here.get()).isEqualTo(bound + " blue");
                                assertThat(there.get()).isEqualTo(bound + " blue");
                                assertThat(inner.get()).isEqualTo((confined ? "bob" : "nobody") + " blue");
                            }
                            return describe(local);
                        }));
                assertThat(describe(local)).isEqualTo("nobody none");
                // The threads of offloaded work are used again, and have kept nothing.
                for (int i = 0; i < 50; i++) {
                    assertThat(Sluice.<String, RuntimeException>offload(() -> describe(local)))
                            .isEqualTo("nobody none");
                }
                return true;
            });
        }
    }

    private static String describe(TaskLocal<String> local) {
        return USER.orElse("nobody") + " " + local.find().orElse("none");
    }

    /// A stack dump of a coroutine that is ready to run hands it to its loop a second time.
    @Test
    void whoDumpsStacksDoesNoHarm() throws Exception {
        TestLoops.run(TestLoops.config(2), () -> {
            var stop = new AtomicBoolean();
            var count = new int[1];
            Loop loop = Loop.current();
            long received = loop.statistics().totals().received();
            var threads = new ArrayList<Thread>();
            var started = new CountDownLatch(20);
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 20; i++) {
                    group.start("busy", () -> {
                        synchronized (threads) {
                            threads.add(Thread.currentThread());
                        }
                        started.countDown();
                        while (!stop.get()) {
                            count[0]++; // confined: no two at once
                            Sluice.yield();
                        }
                    });
                }
                Sluice.offload(() -> {
                    Patience.await(started, "all run");
                    for (int round = 0; round < 200; round++) {
                        for (Thread thread : threads) {
                            assertThat(thread.getStackTrace()).isNotNull();
                            thread.getState();
                        }
                    }
                    stop.set(true);
                });
                group.join();
            }
            assertThat(count[0]).isPositive();
            if (loop.confined()) {
                assertThat(loop.statistics().totals().received() - received)
                        .as("hand-overs by the dumping thread")
                        .isGreaterThan(100);
            }
            Sluice.sleep(Duration.ofMillis(1));
            assertThat(loop.statistics().now().ready()).isZero();
        });
    }

    /// A coroutine that parks while its carrier holds a monitor takes the monitor with it.
    @Test
    void theLoopsOwnStackHoldsNoMonitorAndNoLock() throws Exception {
        TestLoops.run(() -> {
            if (!Loop.current().confined()) {
                return;
            }
            Thread carrier = Engines.of(Loop.current()).thread();
            ThreadInfo info = Sluice.<ThreadInfo, RuntimeException>offload(() ->
                    ManagementFactory.getThreadMXBean().getThreadInfo(new long[] {carrier.threadId()}, true, true)[0]);
            assertThat(info.getLockedMonitors()).isEmpty();
            assertThat(info.getLockedSynchronizers()).isEmpty();

            var busy = new AtomicReference<ThreadInfo>();
            Thread looker = Thread.ofPlatform()
                    .start(() -> busy.set(ManagementFactory.getThreadMXBean()
                            .getThreadInfo(new long[] {carrier.threadId()}, true, true)[0]));
            while (busy.get() == null) {
                Thread.onSpinWait(); // keeps the coroutine on its carrier
            }
            assertThat(busy.get().getLockedMonitors()).isEmpty();
            assertThat(busy.get().getLockedSynchronizers()).isEmpty();
            assertThat(busy.get().getStackTrace())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("runContinuation", "tick");
            Patience.join(looker);
        });
    }

    /// "On which loop am I" is a field of the carrier; a thread local would be one of the coroutine.
    @Test
    void aCoroutineFindsItsLoopThroughItsCarrier() throws Exception {
        var inherited = new InheritableThreadLocal<String>();
        inherited.set("of the opener");
        try (Loops loops = TestLoops.open(2)) {
            for (Loop loop : loops.all()) {
                var seen = new CompletableFuture<String>();
                loop.execute(() -> {
                    try {
                        assertThat(Loop.current()).isSameAs(loop);
                        assertThat(LoopThread.currentOwner()).isSameAs(loop.confined() ? Engines.of(loop) : null);
                        seen.complete(String.valueOf(inherited.get()));
                    } catch (Throwable failure) {
                        seen.completeExceptionally(failure);
                    }
                });
                Patience.get(seen);
            }
            Thread thread = Engines.of(loops.loop(0)).thread();
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.isVirtual()).isFalse();
        }
        inherited.remove();
    }
}
