package dev.sluice.sync;

/// Something held until it is closed: a lock, or permits.
///
/// ```java
/// try (var _ = lock.acquire()) { ... }
/// ```
@FunctionalInterface
public interface Hold extends AutoCloseable {
    /// Gives it back; to be called once. A second call gives back what somebody else holds where that cannot be
    /// told apart: the permits of a [Semaphore], or a reentrant [Lock] that was acquired more often.
    ///
    /// @throws OwnershipException if the caller does not hold it; for a semaphore, if nobody does
    @Override
    void close();
}
