package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.testkit.JdkSleep;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.ReentrantLock;

/// Each way to suspend: how to wait there for ever, and how to see that what was waited for still works.
enum CancelPoint {
    SLEEP {
        @Override
        void block(CancelFixture fixture) {
            Sluice.sleep(HOUR);
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            Sluice.sleep(Duration.ofNanos(1));
        }
    },
    ENDLESS_SLEEP {
        @Override
        void block(CancelFixture fixture) {
            Sluice.sleep(Duration.ofSeconds(Long.MAX_VALUE));
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            Sluice.sleep(Duration.ZERO);
        }
    },
    YIELD {
        @Override
        void block(CancelFixture fixture) {
            while (true) {
                Sluice.yield();
            }
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            Sluice.yield();
        }
    },
    CHECKPOINT {
        @Override
        void block(CancelFixture fixture) {
            while (true) {
                CancelScope.checkpoint();
                Thread.yield();
            }
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            CancelScope.checkpoint();
        }
    },
    PROMISE_AWAIT {
        @Override
        void block(CancelFixture fixture) {
            fixture.promise.await();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            assertThat(fixture.promise.complete("kept")).isTrue();
            assertThat(fixture.promise.await()).isEqualTo("kept");
        }
    },
    PROMISE_OUTCOME {
        @Override
        void block(CancelFixture fixture) {
            fixture.promise.outcome();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            PROMISE_AWAIT.useAgain(fixture);
        }
    },
    STAGE {
        @Override
        void block(CancelFixture fixture) {
            Sluice.await(fixture.stage);
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            assertThat(fixture.stage.isDone()).isFalse();
            fixture.stage.complete("kept");
            assertThat(Sluice.await(fixture.stage)).isEqualTo("kept");
        }
    },
    TASK_GET {
        @Override
        void block(CancelFixture fixture) {
            fixture.stranger().get();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            assertThat(fixture.stranger().isDone()).isFalse();
            fixture.promise.complete("kept");
            assertThat(fixture.stranger().get()).isEqualTo("kept");
        }
    },
    TASK_OUTCOME {
        @Override
        void block(CancelFixture fixture) {
            fixture.stranger().outcome();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            TASK_GET.useAgain(fixture);
        }
    },
    GROUP_JOIN {
        @Override
        void block(CancelFixture fixture) {
            try (var group = TaskGroup.open()) {
                group.start("child", () -> Sluice.sleep(HOUR));
                group.startOn(fixture.other, "far child", () -> Sluice.sleep(HOUR));
                group.join();
            }
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            try (var group = TaskGroup.open()) {
                group.start("child", Sluice::yield);
                group.join();
            }
        }
    },
    GROUP_CLOSE {
        @Override
        void block(CancelFixture fixture) {
            try (var group = TaskGroup.open()) {
                // Its end does not come from the cancellation, and may come before.
                group.start(
                        "child",
                        () -> CancelScope.shield(
                                () -> Deadline.after(Duration.ofMillis(50)).tryRun(fixture.promise::await)));
            } catch (IllegalStateException open) {
                assertThat(open).hasMessageContaining("expected join() before"); // the cancellation is late
            }
            Sluice.sleep(HOUR);
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            GROUP_JOIN.useAgain(fixture);
        }
    },
    COMPLETIONS {
        @Override
        void block(CancelFixture fixture) {
            try (var group = TaskGroup.open()) {
                Iterator<Task<Object>> ends = group.completions().iterator(); // before there is one that may end
                group.start("child", () -> Sluice.sleep(HOUR));
                ends.next();
                Sluice.sleep(HOUR); // the child was so quick that there was nothing to wait for
            }
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            GROUP_JOIN.useAgain(fixture);
        }
    },
    OFFLOAD_RUNNING {
        @Override
        void block(CancelFixture fixture) throws InterruptedException {
            Sluice.offload(JdkSleep::hour);
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            fixture.assertAllPermitsAreBack();
        }
    },
    OFFLOAD_SLEEPING {
        @Override
        void block(CancelFixture fixture) {
            Sluice.offload(() -> Sluice.sleep(HOUR));
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            fixture.assertAllPermitsAreBack();
        }
    },
    OFFLOAD_WAITING {
        @Override
        void block(CancelFixture fixture) throws Exception {
            fixture.takeAllPermits();
            Sluice.offload(() -> {
                throw new AssertionError("offloaded while all threads were taken");
            });
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            fixture.giveThePermitsBack();
            fixture.assertAllPermitsAreBack();
        }
    },
    RETRY_PAUSE {
        @Override
        void block(CancelFixture fixture) {
            Retry.attempts(2).backoff(HOUR, HOUR).call(() -> {
                throw new IllegalStateException("try again");
            });
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            int[] attempts = {0};
            Retry.attempts(2).backoff(Duration.ZERO, Duration.ZERO).run(() -> {
                if (++attempts[0] == 1) {
                    throw new IllegalStateException("try again");
                }
            });
            assertThat(attempts[0]).isEqualTo(2);
        }
    },
    INNER_DEADLINE {
        @Override
        void block(CancelFixture fixture) {
            Deadline.after(HOUR).run(() -> Deadline.after(HOUR.multipliedBy(2)).run(() -> Sluice.sleep(HOUR)));
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            Deadline.after(HOUR).run(Sluice::yield);
        }
    },
    OTHER_LOOPS {
        @Override
        void block(CancelFixture fixture) {
            fixture.elsewhere("body", () -> {
                try {
                    return fixture.promise.await();
                } finally {
                    fixture.leftElsewhere.set(true);
                }
            });
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            assertThat(fixture.leftElsewhere).as("the body has ended").isTrue();
            assertThat(fixture.elsewhere("body", () -> "fine")).isEqualTo("fine");
        }
    },
    JDK_SLEEP {
        @Override
        void block(CancelFixture fixture) throws InterruptedException {
            JdkSleep.hour();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            JdkSleep.nanos(1);
        }
    },
    JDK_LOCK {
        @Override
        void block(CancelFixture fixture) throws InterruptedException {
            fixture.lockedByAThread().lockInterruptibly();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            fixture.unlock();
            ReentrantLock lock = fixture.lockedByAThread();
            lock.lock();
            try {
                assertThat(lock.isHeldByCurrentThread()).isTrue();
            } finally {
                lock.unlock();
            }
        }
    },
    JDK_QUEUE {
        @Override
        void block(CancelFixture fixture) throws InterruptedException {
            fixture.queue.take();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            assertThat(fixture.queue.poll()).isNull();
        }
    },
    JDK_LATCH {
        @Override
        void block(CancelFixture fixture) throws InterruptedException {
            new CountDownLatch(1).await();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            new CountDownLatch(0).await();
        }
    },
    JDK_FUTURE {
        @Override
        void block(CancelFixture fixture) throws Exception {
            fixture.stage.get();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            STAGE.useAgain(fixture);
        }
    },
    JDK_WAIT {
        @Override
        void block(CancelFixture fixture) throws InterruptedException {
            Object monitor = new Object();
            synchronized (monitor) {
                while (true) {
                    monitor.wait();
                }
            }
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            JDK_LATCH.useAgain(fixture);
        }
    },
    JDK_BARRIER {
        @Override
        void block(CancelFixture fixture) throws InterruptedException, BrokenBarrierException {
            new CyclicBarrier(2).await();
        }

        @Override
        void useAgain(CancelFixture fixture) throws Exception {
            JDK_LATCH.useAgain(fixture);
        }
    };

    private static final Duration HOUR = Duration.ofHours(1);

    /// Waits until it is cancelled.
    abstract void block(CancelFixture fixture) throws Exception;

    /// Fails if the cancelled wait has left something behind.
    abstract void useAgain(CancelFixture fixture) throws Exception;

    /// Whether the wait is one of the JDK's, which an interrupt ends.
    boolean ofTheJdk() {
        return name().startsWith("JDK_");
    }

    /// Whether it uses a wait of the JDK on its way.
    boolean mayBeInterrupted() {
        return ofTheJdk() || this == OFFLOAD_RUNNING || this == OFFLOAD_WAITING;
    }

    /// Whether the coroutine is seen waiting, rather than running in circles.
    boolean waits() {
        return this != YIELD && this != CHECKPOINT;
    }
}
