package dev.sluice.channel;

import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitQueue;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where values come out, as [Ends] and a select see it; and what they make of it for those who receive.
///
/// Threads: the methods that end in `Locked`, and the queue, by whoever holds the lock; the rest any.
sealed interface ReceivingEnd<T> extends Receiver<T> permits LockedChannel, LockedSubscription {
    Locked locked();

    /// Where values may come out without the lock, as far as that wakes nobody; or null.
    default @Nullable Lanes<T> passage() {
        return null;
    }

    /// Takes the next value, or null if there is none now.
    @Nullable T pollLocked();

    /// Whether no value comes any more.
    boolean drainedLocked();

    WaitQueue receivers();

    /// Whether a value never gets past somebody in the queue: so that a strand which has a place there need not
    /// look whether there is a value.
    default boolean keepsPlaces() {
        return true;
    }

    /// How it ended.
    Received<T> end();

    /// What to throw to those who receive after the end.
    RuntimeException endedException();

    /// What a strand that waits here is shown to wait for.
    Object receiving();

    /// Notes who receives, or tries to, if that is wanted.
    default void receivedBy(Strand strand) {
        Users users = locked().receivedBy;
        if (users != null) {
            users.note(strand);
        }
    }

    // ---- for those who receive

    @Override
    default T receive() {
        return Ends.receive(this);
    }

    @Override
    default Received<T> receiveOrEnd() {
        return Ends.receiveOrEnd(this);
    }

    @Override
    default Received<T> tryReceive() {
        return Ends.tryReceive(this);
    }

    @Override
    default Clause<Void> onReceive(Consumer<? super T> then) {
        return Ends.onReceive(this, then);
    }

    @Override
    default <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then) {
        return Ends.onReceived(this, then);
    }

    @Override
    default Iterator<T> iterator() {
        return Ends.iterator(this);
    }
}
