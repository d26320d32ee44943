package dev.sluice.space.sync;

import dev.sluice.sync.Hold;
import dev.sluice.task.Action;
import dev.sluice.task.Call;
import java.util.Optional;

/// A number of permits that the members of a space take and give back.
///
/// ```java
/// SharedSemaphore licences = space.semaphore("licences", 3);
/// licences.run(() -> simulate(model));                        // at most three, in all processes
/// ```
///
/// A permit comes back when its holder closes it, when the task that took it ends, or when its process dies.
/// One is taken at a time: two who each had half of what both need would wait for each other.
///
/// Who waits is served in the order of the waits within a process, and in no promised order between processes.
///
/// Threads: any. A permit may be given back by another task than took it.
public interface SharedSemaphore {
    /// The name in its space.
    String name();

    /// How many permits there are: what the first to open it said.
    int permits();

    /// How many are free at this moment, for people.
    int available();

    /// Waits for a permit.
    ///
    /// @return what gives it back; closing it again does nothing
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has got no permit then
    Hold acquire();

    /// Takes a permit, if that is possible at once.
    Optional<Hold> tryAcquire();

    /// Runs a body with a permit.
    ///
    /// @throws X what the body threw
    default <X extends Exception> void run(Action<X> body) throws X {
        try (var _ = acquire()) {
            body.run();
        }
    }

    /// Calls a body with a permit.
    ///
    /// @throws X what the body threw
    default <T, X extends Exception> T call(Call<T, X> body) throws X {
        try (var _ = acquire()) {
            return body.call();
        }
    }
}
