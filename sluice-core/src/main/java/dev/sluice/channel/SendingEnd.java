package dev.sluice.channel;

import dev.sluice.internal.strand.WaitQueue;
import org.jspecify.annotations.Nullable;

/// Where values go in, as [Ends] and a select see it.
///
/// Threads: the methods that end in `Locked`, and the queue, by whoever holds the lock; the rest any.
interface SendingEnd<T> {
    Locked locked();

    /// Where a value stands among the others; asked once for each, by its sender.
    long rankOf(T value);

    /// Hands a value on, if that is possible at once.
    Offer offerLocked(T value, long rank);

    /// The value that was given up for the last one, or null; asking forgets it.
    @Nullable T droppedLocked();

    /// Tells of a value that was given up. The caller holds no lock.
    void gaveUp(T value);

    WaitQueue senders();

    /// What messages call it.
    String name();

    /// What a strand that waits here is shown to wait for.
    Object sending();
}
