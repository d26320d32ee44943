package dev.sluice.loop;

/// How a loop polls I/O.
public enum Backend {
    /// The first of the others that works here.
    AUTO,
    /// Linux 5.19 or later, where it is allowed: one ring a loop, one system call a tick.
    IO_URING,
    /// Linux: readiness, then a system call for each operation.
    EPOLL,
    /// Any system: loops, timers, tasks, and the JDK's sockets; child processes and streams fall back to
    /// threads.
    NIO
}
