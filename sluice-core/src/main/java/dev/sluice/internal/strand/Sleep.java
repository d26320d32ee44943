package dev.sluice.internal.strand;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.timer.Timer;
import java.time.Duration;

/// Waiting for time to pass.
public final class Sleep {
    private Sleep() {}

    /// Suspends the caller for a while; zero or less only lets others run, more nanoseconds than there are is
    /// for ever.
    ///
    /// @param what is shown as waited for
    public static void duration(Duration duration, Object what) {
        nanos(EventLoop.nanos(duration), what);
    }

    /// Suspends the caller for a while; zero or less only lets others run.
    ///
    /// @param what is shown as waited for
    public static void nanos(long nanos, Object what) {
        Strand strand = Strand.current();
        if (nanos <= 0) {
            pass(strand);
            return;
        }
        EventLoop loop = strand.loop() != null ? strand.loop() : SharedLoop.get();
        long token = strand.begin(what);
        var end = new End(strand, token);
        end.deadline = EventLoop.saturatedAdd(loop.clock().nanoTime(), nanos);
        loop.arm(end);
        if (!strand.await(token)) {
            loop.disarm(end);
            throw strand.cancelledException();
        }
    }

    /// Lets every other coroutine that is ready run once.
    public static void pass(Strand strand) {
        strand.checkpoint();
        Thread.yield();
    }

    private static final class End extends Timer {
        private final Strand strand;
        private final long token;

        End(Strand strand, long token) {
            this.strand = strand;
            this.token = token;
        }

        @Override
        protected void expired() {
            strand.tryResume(token);
        }
    }
}
