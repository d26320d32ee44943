package dev.sluice.cli.map;

import dev.sluice.task.CancelScope;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Waits of coroutines under a lock that end when the coroutine is cancelled.
///
/// The locks of this package are held for moments, and never across input or output, but for the one that hands
/// out items in their order.
final class Waiting {
    private Waiting() {}

    /// Waits for a signal; the caller looks at its condition again, whatever woke it.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    @SuppressWarnings("WaitNotInLoop") // the callers loop
    static void on(Condition condition) {
        CancelScope.checkpoint();
        try {
            condition.await();
        } catch (InterruptedException e) {
            interrupted();
        }
    }

    /// Takes a lock that others may hold for long.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    static void lock(ReentrantLock lock) {
        CancelScope.checkpoint();
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            interrupted();
        }
    }

    private static void interrupted() {
        CancelScope.checkpoint();
        throw new IllegalStateException("wait: interrupted by somebody else than a cancel scope");
    }
}
