package dev.sluice.internal.sched;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// What a virtual thread sees of its loop.
///
/// It extends [ForkJoinPool] for one reason: `VirtualThread.schedule` hands the end of a timed park to
/// `pool.schedule(…)` if its scheduler is a `ForkJoinPool`, and to a helper thread of the JDK otherwise. So
/// `Thread.sleep`, `parkNanos` and timed waits end on the loop's own timer wheel. The pool itself never starts
/// a worker.
///
/// Invariant: `execute` never throws; a rejected resume would lose the coroutine for ever.
public final class LoopScheduler extends ForkJoinPool {
    /// What a loop does for its scheduler.
    public interface Host {
        /// Makes a continuation ready to run. Any thread; never throws.
        void ready(Runnable continuation);

        /// Runs `action` on the loop thread after a delay. Loop thread only.
        ScheduledFuture<?> after(Runnable action, long delayNanos);
    }

    private final Host host;

    public LoopScheduler(Host host) {
        super(1);
        this.host = host;
    }

    @Override
    public void execute(Runnable continuation) {
        host.ready(continuation);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable action, long delay, TimeUnit unit) {
        return host.after(action, unit.toNanos(delay));
    }
}
