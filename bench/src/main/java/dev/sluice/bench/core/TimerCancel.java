package dev.sluice.bench.core;

import dev.sluice.bench.Load;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.timer.Timer;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// A timer that is armed and taken back before its time, as nearly all are, while ten thousand others stay
/// armed. An operation is both steps. Ours happens on the loop's own thread, as the loop's waits do; the peer
/// is called by one thread while its own sleeps, and removes what is cancelled.
final class TimerCancel {
    private static final int STANDING = 10_000;
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);
    private static final long SPREAD = TimeUnit.MILLISECONDS.toNanos(7);

    private TimerCancel() {}

    static final class OnLoop extends OneLoop {
        private static final class Never extends Timer {
            @Override
            protected void expired() {
                throw new IllegalStateException("timer: ended, expected to be disarmed before");
            }
        }

        @Override
        long body(long operations) {
            EventLoop loop = EventLoop.current();
            assert loop != null;
            Timer[] standing = new Timer[STANDING];
            for (int i = 0; i < STANDING; i++) {
                standing[i] = arm(loop, HOUR + i * SPREAD);
            }
            long done = 0;
            for (; done < operations; done++) {
                loop.disarm(arm(loop, HOUR + (done % STANDING) * SPREAD));
            }
            for (Timer timer : standing) {
                loop.disarm(timer);
            }
            return done;
        }

        private static Timer arm(EventLoop loop, long nanos) {
            var timer = new Never();
            timer.deadline = loop.clock().nanoTime() + nanos;
            loop.arm(timer);
            return timer;
        }
    }

    static final class JdkScheduledPool implements Load {
        private final ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);

        JdkScheduledPool() {
            pool.setRemoveOnCancelPolicy(true);
            for (int i = 0; i < STANDING; i++) {
                schedule(HOUR + i * SPREAD);
            }
        }

        @Override
        public long run(long operations) {
            long done = 0;
            for (; done < operations; done++) {
                schedule(HOUR + (done % STANDING) * SPREAD).cancel(false);
            }
            return done;
        }

        private ScheduledFuture<?> schedule(long nanos) {
            return pool.schedule(() -> {}, nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void close() {
            pool.shutdownNow();
        }
    }
}
