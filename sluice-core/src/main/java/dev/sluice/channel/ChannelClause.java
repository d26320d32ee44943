package dev.sluice.channel;

import dev.sluice.internal.strand.Standing;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitQueue;
import dev.sluice.internal.strand.Waiter;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A clause for one end of a channel.
///
/// Threads: the strand of the select. The methods that end in `Locked` are called while it holds the channel's
/// lock.
abstract sealed class ChannelClause<R> extends Clause<R> {
    final Locked locked;
    private @Nullable Waiter waiter;

    ChannelClause(Locked locked) {
        this.locked = locked;
    }

    /// The only value of `Void`, which is of every type.
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <V> V nothing() {
        return null;
    }

    /// A new round begins.
    abstract void prepare();

    /// Notes who uses the end, if that is wanted.
    abstract void usedBy(Strand strand);

    /// Puts a node into the queue.
    abstract void registerLocked(Waiter node);

    abstract WaitQueue queueLocked();

    /// Reads the node that a counterpart has claimed.
    abstract void claimed(@Nullable Object value);

    /// Whether its place may stay in the queue between the waits of a select.
    boolean stands() {
        return false;
    }

    /// Keeps to this place from now on.
    final void place(Standing.Place place) {
        waiter = place;
    }

    /// Does it, if it is possible at once, or else leaves its place in the queue.
    final boolean tryOrStand() {
        Waiter place = waiter;
        assert place != null;
        return tryOrLeave(place);
    }

    @Override
    final boolean tryAlone() {
        return tryOrLeave(null);
    }

    private boolean tryOrLeave(@Nullable Waiter place) {
        boolean possible;
        Strand wake;
        locked.lock();
        try {
            possible = tryLocked();
            if (!possible && place != null) {
                place.claimed = false;
                registerLocked(place);
            }
        } finally {
            wake = locked.unlock();
        }
        Ends.finish(locked, wake);
        return possible;
    }

    /// Takes its place out of the queue.
    ///
    /// @return false if it was not in
    final boolean takeOut() {
        Waiter place = waiter;
        assert place != null;
        locked.lock();
        boolean was = queueLocked().remove(place);
        if (was) {
            place.value = null;
        }
        Strand wake = locked.unlock();
        assert wake == null;
        return was;
    }

    final void waitLocked(Strand strand, long token) {
        Waiter node = waiter;
        if (node == null || node.strand != strand) {
            node = new Waiter(strand);
            waiter = node;
        }
        node.token = token;
        node.claimed = false;
        registerLocked(node);
    }

    /// Takes the node back.
    ///
    /// @return whether a counterpart has ended the wait through it
    final boolean withdraw() {
        Waiter node = waiter;
        assert node != null;
        locked.lock();
        queueLocked().remove(node);
        boolean won = node.claimed;
        Object value = node.value;
        node.value = null;
        Strand wake = locked.unlock();
        assert wake == null;
        if (won) {
            claimed(value);
        }
        return won;
    }

    static final class Send<T> extends ChannelClause<Void> {
        private final SendingEnd<T> channel;
        private final Supplier<? extends T> supplier;
        private final Runnable then;
        private @Nullable T value;
        private @Nullable T given;
        private long rank;
        private boolean closed;

        Send(SendingEnd<T> channel, Supplier<? extends T> supplier, Runnable then) {
            super(channel.locked());
            this.channel = channel;
            this.supplier = Objects.requireNonNull(supplier, "value");
            this.then = Objects.requireNonNull(then, "then");
        }

        @Override
        void usedBy(Strand strand) {
            channel.sentBy(strand);
        }

        @Override
        void prepare() {
            T made = Objects.requireNonNull(supplier.get(), "value");
            rank = channel.rankOf(made);
            value = made;
            closed = false;
        }

        private T value() {
            T made = value;
            assert made != null;
            return made;
        }

        @Override
        boolean tryLocked() {
            Offer offer = channel.offerLocked(value(), rank);
            closed = offer == Offer.CLOSED;
            given = channel.droppedLocked();
            return offer != Offer.FULL;
        }

        @Override
        void done() {
            T dropped = given;
            given = null;
            if (dropped != null) {
                channel.gaveUp(dropped);
            }
        }

        @Override
        void registerLocked(Waiter node) {
            node.value = value();
            node.rank = rank;
            queueLocked().add(node);
        }

        @Override
        WaitQueue queueLocked() {
            return channel.senders();
        }

        @Override
        void claimed(@Nullable Object of) {
            closed = of == Ends.ENDED;
        }

        @Override
        Object awaited() {
            return channel.sending();
        }

        @Override
        public String toString() {
            return channel.sending().toString();
        }

        @Override
        Void chosen() {
            value = null;
            if (closed) {
                throw new ChannelClosedException("send to", channel.name());
            }
            then.run();
            return nothing();
        }
    }

    static final class Receive<T, R> extends ChannelClause<R> {
        private final ReceivingEnd<T> channel;
        private final Function<? super Received<T>, ? extends R> then;
        private @Nullable T value;

        Receive(ReceivingEnd<T> channel, Function<? super Received<T>, ? extends R> then) {
            super(channel.locked());
            this.channel = channel;
            this.then = then;
        }

        @Override
        void usedBy(Strand strand) {
            channel.receivedBy(strand);
        }

        @Override
        void prepare() {
            value = null;
        }

        @Override
        boolean tryLocked() {
            value = channel.pollLocked();
            return value != null || channel.drainedLocked();
        }

        @Override
        boolean stands() {
            return channel.keepsPlaces();
        }

        @Override
        void registerLocked(Waiter node) {
            if (node instanceof Standing.Place place) {
                queueLocked().addStanding(place);
            } else {
                queueLocked().add(node);
            }
        }

        @Override
        WaitQueue queueLocked() {
            return channel.receivers();
        }

        @Override
        @SuppressWarnings("unchecked") // only values of senders are handed over, and the end
        void claimed(@Nullable Object of) {
            value = of == Ends.ENDED ? null : (T) of;
        }

        @Override
        Object awaited() {
            return channel.receiving();
        }

        @Override
        public String toString() {
            return channel.receiving().toString();
        }

        @Override
        R chosen() {
            T received = value;
            value = null;
            return then.apply(received == null ? channel.end() : new Received.Value<>(received));
        }
    }
}
