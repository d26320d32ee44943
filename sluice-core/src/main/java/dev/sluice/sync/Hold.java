package dev.sluice.sync;

/// Something held until it is closed: a lock, or permits.
///
/// ```java
/// try (var _ = lock.acquire()) { ... }
/// ```
@FunctionalInterface
public interface Hold extends AutoCloseable {
    /// Gives it back, once.
    ///
    /// @throws OwnershipException if the caller does not hold it
    @Override
    void close();
}
