package dev.sluice.space.sync;

import dev.sluice.sync.Hold;
import dev.sluice.task.Action;
import dev.sluice.task.Call;
import java.util.Optional;

/// Mutual exclusion between the tasks of all members of a space: at most one has it.
///
/// ```java
/// SharedLock migration = space.lock("migration");
/// migration.run(() -> migrate(database));
/// try (SharedLock.Held held = migration.acquire()) {
///     if (held.recovered()) { repair(); held.repaired(); }
///     ...
/// }
/// ```
///
/// If an owner dies, or its task ends, without releasing the lock, the lock goes to the next, and that one
/// finds [Held#recovered]: what the lock guards may be half changed. It stays so for everybody after it until
/// one of them says [Held#repaired].
///
/// Only a death takes a lock away from its owner, never the time, wherever
/// [dev.sluice.space.Space.Capabilities#leaseLimit] is empty. At a distance where silence counts as death an
/// owner may have lost it without knowing; what it writes elsewhere must then be refused by its [Held#fence].
///
/// The lock is not reentrant: a task that has it, by the same opening of the space, and asks again would wait
/// for itself, and gets an [IllegalStateException].
///
/// Who waits is served in the order of the waits within a process, and in no promised order between processes.
///
/// Threads: any. A lock belongs to the task, or thread, that acquired it.
public interface SharedLock {
    /// The name in its space.
    String name();

    /// Waits for the lock.
    ///
    /// @throws IllegalStateException if the caller has it
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has not got the lock then
    Held acquire();

    /// Takes the lock, if that is possible at once.
    ///
    /// @throws IllegalStateException if the caller has it
    Optional<Held> tryAcquire();

    /// Runs a body with the lock.
    ///
    /// @throws X what the body threw
    default <X extends Exception> void run(Action<X> body) throws X {
        try (var _ = acquire()) {
            body.run();
        }
    }

    /// Calls a body with the lock.
    ///
    /// @throws X what the body threw
    default <T, X extends Exception> T call(Call<T, X> body) throws X {
        try (var _ = acquire()) {
            return body.call();
        }
    }

    /// The lock while somebody has it.
    interface Held extends Hold {
        /// Whether an earlier owner has ended without releasing the lock, and nobody has said since then that
        /// what it guards is whole.
        boolean recovered();

        /// Says that what the lock guards is whole again. Without it the next owner finds [#recovered] too.
        void repaired();

        /// A number that is greater than that of every earlier owner: what is guarded elsewhere can refuse
        /// those who come with a smaller one than it has seen. From 1 on.
        long fence();

        /// Hands the lock on. Again it does nothing.
        @Override
        void close();
    }
}
