package dev.sluice.time;

import java.time.Instant;

/// The time a loop lives by: a monotonic reading for deadlines and timers, a wall-clock reading for people.
///
/// Everything in Sluice that looks at the time looks through a clock, so that a simulation can replace it.
/// Threads: any; a reading never goes backwards on one thread.
public interface Clock {
    /// Nanoseconds from an arbitrary origin, as [System#nanoTime]: only differences mean something.
    long nanoTime();

    /// The wall-clock time; it may jump.
    Instant now();

    /// The clock of the operating system.
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
