package dev.sluice.internal.poll;

/// Which back end a loop shall have.
public enum PollerChoice {
    /// the first that works, in the order below
    AUTO,
    /// io_uring, whatever flags the kernel knows
    IO_URING,
    /// epoll
    EPOLL,
    /// `java.nio`: sleeps and wakes, and performs no operations
    NIO
}
