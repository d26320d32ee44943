package dev.sluice.space.sync;

import java.util.function.BooleanSupplier;

/// Where owners of a [SharedLock] wait until another owner, in whatever process, has changed something.
///
/// ```java
/// try (SharedLock.Held held = lock.acquire()) {
///     changed.awaitUntil(held, () -> array.get(0) > 0);
/// }
/// ```
///
/// A wait gives the lock away and has it again before it ends, also when it is cancelled. Signals are for those
/// who wait already. A signal may end more waits than it was meant for, so look again at what is waited for;
/// [#awaitUntil] does.
///
/// Threads: any; a hold by the task that has it.
public interface SharedCondition {
    /// The name in its space.
    String name();

    /// Waits for a signal.
    ///
    /// @param held a lock of the same space, which the caller has
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has the lock all the same
    void await(SharedLock.Held held);

    /// Waits, signal by signal, until something holds, which is looked at with the lock.
    default void awaitUntil(SharedLock.Held held, BooleanSupplier holds) {
        while (!holds.getAsBoolean()) {
            await(held);
        }
    }

    /// Lets one who waits go on. If it is cancelled, or dies, before it has the lock, another one does.
    void signal();

    /// Lets all who wait go on, one after the other.
    void signalAll();
}
