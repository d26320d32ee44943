package dev.sluice.testing;

import dev.sluice.internal.poll.Operation;
import dev.sluice.internal.poll.Poller;
import dev.sluice.internal.poll.PollerStatistics;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The poller of a simulation: it performs no I/O, and instead of sleeping lets the world decide what comes
/// next.
///
/// Threads: the loop thread; `wakeup` any.
final class JumpingPoller implements Poller {
    private final World world;
    private long polls;
    private volatile boolean woken; // set by any thread in wakeup; pairs with the read in awaitWakeup
    private volatile @Nullable Thread sleeper; // set by open; pairs with the read in wakeup

    JumpingPoller(World world) {
        this.world = world;
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public boolean performsOperations() {
        return false;
    }

    @Override
    public void open() {
        sleeper = Thread.currentThread();
    }

    @Override
    public int poll(long timeoutNanos) {
        polls++;
        if (timeoutNanos > 0) {
            world.idle(timeoutNanos);
        }
        return 0;
    }

    @Override
    public void wakeup() {
        woken = true;
        LockSupport.unpark(sleeper);
    }

    /// Waits in real time until another thread hands something to the loop.
    ///
    /// @param limitNanos [Long#MAX_VALUE]: no limit
    /// @return false if the time was over first
    boolean awaitWakeup(long limitNanos) {
        boolean limited = limitNanos != Long.MAX_VALUE;
        long end = limited ? System.nanoTime() + limitNanos : 0;
        while (!woken) {
            long left = limited ? end - System.nanoTime() : Long.MAX_VALUE;
            if (left <= 0) {
                return false;
            }
            LockSupport.parkNanos(this, left);
        }
        woken = false;
        return true;
    }

    @Override
    public void prepare(int fd) {
        throw refused("prepare descriptor " + fd);
    }

    @Override
    public void release(int fd) {
        throw refused("release descriptor " + fd);
    }

    @Override
    public void submit(Operation operation) {
        throw refused(operation.toString());
    }

    @Override
    public void cancel(Operation operation) {
        throw refused("cancel " + operation);
    }

    private static UnsupportedOperationException refused(String what) {
        return new UnsupportedOperationException(what + ": a simulation performs no I/O of the operating system");
    }

    @Override
    public int inFlight() {
        return 0;
    }

    @Override
    public PollerStatistics statistics() {
        return new PollerStatistics(polls, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
