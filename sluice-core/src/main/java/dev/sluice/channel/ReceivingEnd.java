package dev.sluice.channel;

import dev.sluice.internal.strand.WaitQueue;
import org.jspecify.annotations.Nullable;

/// Where values come out, as [Ends] and a select see it.
///
/// Threads: the methods that end in `Locked`, and the queue, by whoever holds the lock; the rest any.
interface ReceivingEnd<T> {
    Locked locked();

    /// Takes the next value, or null if there is none now.
    @Nullable T pollLocked();

    /// Whether no value comes any more.
    boolean drainedLocked();

    WaitQueue receivers();

    /// How it ended.
    Received<T> end();

    /// What to throw to those who receive after the end.
    RuntimeException endedException();

    /// What a strand that waits here is shown to wait for.
    Object receiving();
}
