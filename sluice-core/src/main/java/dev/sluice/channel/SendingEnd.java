package dev.sluice.channel;

import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Where values go in, as [Ends] and a select see it; and what they make of it for those who send.
///
/// Threads: the methods that end in `Locked`, and the queue, by whoever holds the lock; the rest any.
sealed interface SendingEnd<T> extends Sender<T> permits LockedChannel, LockedBroadcast {
    Locked locked();

    /// Where values may go in without the lock, as far as that wakes nobody; or null.
    default @Nullable Lanes<T> passage() {
        return null;
    }

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

    /// Notes who sends, or tries to, if that is wanted.
    default void sentBy(Strand strand) {
        Users users = locked().sentBy;
        if (users != null) {
            users.note(strand);
        }
    }

    // ---- for those who send

    @Override
    default void send(T value) {
        Ends.send(this, value);
    }

    @Override
    default Offer trySend(T value) {
        return Ends.trySend(this, value);
    }

    @Override
    default Clause<Void> onSend(Supplier<? extends T> value, Runnable then) {
        return new ChannelClause.Send<>(this, value, then);
    }

    @Override
    default <R> Clause<R> onClosed(Supplier<? extends R> then) {
        return new EventClause.Completed<>(locked().ending(), new Ends.Doing("end of ", this), then);
    }
}
