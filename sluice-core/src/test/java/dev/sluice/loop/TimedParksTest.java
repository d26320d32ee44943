package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.testkit.JdkSleep;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A timed wait of the JDK ends by its loop's own timer wheel.
@ExtendWith(Leaks.class)
class TimedParksTest {
    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);

    /// The waits; each is long unless it is woken or interrupted.
    enum Wait {
        SLEEP {
            @Override
            void park(long nanos, Object monitor) throws InterruptedException {
                JdkSleep.nanos(nanos);
            }
        },
        PARK_NANOS {
            @Override
            void park(long nanos, Object monitor) {
                LockSupport.parkNanos(nanos);
            }
        },
        OBJECT_WAIT {
            @Override
            @SuppressWarnings("WaitNotInLoop") // nobody notifies
            void park(long nanos, Object monitor) throws InterruptedException {
                synchronized (monitor) {
                    monitor.wait(TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
                }
            }
        },
        TRY_LOCK {
            @Override
            void park(long nanos, Object monitor) throws InterruptedException {
                var lock = new ReentrantLock();
                Thread holder = Thread.ofPlatform().start(lock::lock);
                Patience.join(holder);
                assertThat(lock.tryLock(nanos, TimeUnit.NANOSECONDS)).isFalse();
            }
        },
        POLL {
            @Override
            void park(long nanos, Object monitor) throws InterruptedException {
                assertThat(new ArrayBlockingQueue<>(1).poll(nanos, TimeUnit.NANOSECONDS))
                        .isNull();
            }
        },
        LATCH {
            @Override
            void park(long nanos, Object monitor) throws InterruptedException {
                assertThat(new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS))
                        .isFalse();
            }
        },
        FUTURE_GET {
            @Override
            void park(long nanos, Object monitor) throws Exception {
                try {
                    new CompletableFuture<>().get(nanos, TimeUnit.NANOSECONDS);
                } catch (TimeoutException over) {
                    assertThat(over).isNotNull();
                }
            }
        },
        JOIN {
            @Override
            void park(long nanos, Object monitor) throws InterruptedException {
                Thread endless = Thread.ofVirtual().start(LockSupport::park);
                try {
                    assertThat(endless.join(Duration.ofNanos(nanos))).isFalse();
                } finally {
                    LockSupport.unpark(endless);
                }
            }
        };

        abstract void park(long nanos, Object monitor) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void aTimedParkIsATimerOfTheLoop(Wait wait) throws Exception {
        try (Loops loops = TestLoops.open(1)) {
            Loop loop = loops.loop(0);
            var parked = new CompletableFuture<Thread>();
            var ended = new CountDownLatch(1);
            loop.execute(() -> {
                parked.complete(Thread.currentThread());
                try {
                    wait.park(LONG_NANOS, new Object());
                } catch (InterruptedException expected) {
                    ended.countDown();
                    return;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                ended.countDown();
            });
            Thread coroutine = Patience.get(parked);
            if (loop.confined()) {
                Patience.until("a timer is armed", () -> loop.statistics().now().timers() == 1);
            }
            Patience.until("it waits", () -> coroutine.getState() == Thread.State.TIMED_WAITING);
            assertThat(loop.statistics().now().timers()).isEqualTo(loop.confined() ? 1 : 0);

            coroutine.interrupt();

            Patience.await(ended, "the wait is interrupted");
            Patience.until(
                    "the timer is disarmed", () -> loop.statistics().now().timers() == 0);
            assertThat(loop.statistics().totals().timersFired()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTimedParkEndsByTheWheel(Wait wait) throws Exception {
        TestLoops.run(() -> {
            Loop loop = Loop.current();
            long before = loop.statistics().totals().timersFired();
            wait.park(TimeUnit.MILLISECONDS.toNanos(5), new Object());
            long fired = loop.statistics().totals().timersFired() - before;
            if (loop.confined()) {
                assertThat(fired).isGreaterThanOrEqualTo(1);
            } else {
                assertThat(fired).isZero();
            }
        });
    }
}
