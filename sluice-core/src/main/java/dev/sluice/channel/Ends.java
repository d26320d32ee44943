package dev.sluice.channel;

import dev.sluice.internal.strand.Awaited;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitQueue;
import dev.sluice.internal.strand.Waiter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How strands send and receive, whatever is between the ends.
///
/// Each tries under the lock; who has to wait begins the wait, tries again under the lock, and queues before
/// letting go, so that no counterpart can be missed. Where a channel has [Lanes] and nobody waits, a value goes
/// through them without its lock.
///
/// Threads: any.
final class Ends {
    /// What a waiter gets instead of a value when the channel ends.
    static final Object ENDED = new Object();

    private static final int FAILURES = 16; // of a callback that are kept

    private Ends() {}

    // ---- sending

    static <T> void send(SendingEnd<T> end, T value) {
        Objects.requireNonNull(value, "value");
        Strand strand = Strand.current();
        strand.checkpoint();
        end.sentBy(strand);
        Lanes<T> lanes = end.passage();
        if (lanes != null && lanes.send(strand, value)) {
            return;
        }
        long rank = end.rankOf(value);
        Offer offer = offer(end, value, rank);
        if (offer == Offer.FULL) {
            offer = waitToSend(strand, end, value, rank);
        }
        if (offer == Offer.CLOSED) {
            throw new ChannelClosedException("send to", end.name());
        }
    }

    static <T> Offer trySend(SendingEnd<T> end, T value) {
        Objects.requireNonNull(value, "value");
        if (Users.NOTED) {
            end.sentBy(Strand.current());
        }
        Lanes<T> lanes = end.passage();
        if (lanes != null && lanes.trySend(value)) {
            return Offer.SENT;
        }
        return offer(end, value, end.rankOf(value));
    }

    private static <T> Offer offer(SendingEnd<T> end, T value, long rank) {
        Locked locked = end.locked();
        Offer offer;
        T given;
        Strand wake;
        locked.lock();
        try {
            offer = end.offerLocked(value, rank);
            given = end.droppedLocked();
        } finally {
            wake = locked.unlock();
        }
        finish(locked, wake);
        if (given != null) {
            end.gaveUp(given);
        }
        return offer;
    }

    private static <T> Offer waitToSend(Strand strand, SendingEnd<T> end, T value, long rank) {
        Locked locked = end.locked();
        Waiter waiter = Waiter.own(strand);
        long token = strand.begin(end.sending());
        waiter.token = token;
        waiter.value = value;
        waiter.rank = rank;
        Offer offer;
        T given;
        Strand wake;
        locked.lock();
        try {
            offer = end.offerLocked(value, rank);
            given = end.droppedLocked();
            if (offer == Offer.FULL) {
                end.senders().add(waiter);
            }
        } finally {
            wake = locked.unlock();
        }
        if (offer != Offer.FULL) {
            waiter.value = null;
            strand.abandon(token);
            finish(locked, wake);
            if (given != null) {
                end.gaveUp(given);
            }
            return offer;
        }
        return await(strand, token, locked, end.senders(), waiter) == ENDED ? Offer.CLOSED : Offer.SENT;
    }

    // ---- receiving

    static <T> T receive(ReceivingEnd<T> end) {
        T value = receiveOrNull(end);
        if (value == null) {
            throw end.endedException();
        }
        return value;
    }

    static <T> Received<T> receiveOrEnd(ReceivingEnd<T> end) {
        T value = receiveOrNull(end);
        return value == null ? end.end() : new Received.Value<>(value);
    }

    static <T> Received<T> tryReceive(ReceivingEnd<T> end) {
        if (Users.NOTED) {
            end.receivedBy(Strand.current());
        }
        Lanes<T> lanes = end.passage();
        T value = lanes == null ? null : lanes.tryReceive();
        if (value != null) {
            return new Received.Value<>(value);
        }
        Locked locked = end.locked();
        boolean over;
        Strand wake;
        locked.lock();
        try {
            value = end.pollLocked();
            over = value == null && end.drainedLocked();
        } finally {
            wake = locked.unlock();
        }
        finish(locked, wake);
        if (value != null) {
            return new Received.Value<>(value);
        }
        return over ? end.end() : new Received.Empty<>();
    }

    /// The next value, or null at the end.
    private static <T> @Nullable T receiveOrNull(ReceivingEnd<T> end) {
        Strand strand = Strand.current();
        strand.checkpoint();
        end.receivedBy(strand);
        Lanes<T> lanes = end.passage();
        T value = lanes == null ? null : lanes.receive(strand);
        if (value != null) {
            return value;
        }
        Locked locked = end.locked();
        boolean over;
        Strand wake;
        locked.lock();
        try {
            value = end.pollLocked();
            over = value == null && end.drainedLocked();
        } finally {
            wake = locked.unlock();
        }
        finish(locked, wake);
        return value != null || over ? value : waitToReceive(strand, end);
    }

    @SuppressWarnings("unchecked") // only values of senders are handed over, and ENDED
    private static <T> @Nullable T waitToReceive(Strand strand, ReceivingEnd<T> end) {
        Locked locked = end.locked();
        Waiter waiter = Waiter.own(strand);
        long token = strand.begin(end.receiving());
        waiter.token = token;
        T value;
        boolean waits;
        Strand wake;
        locked.lock();
        try {
            value = end.pollLocked();
            waits = value == null && !end.drainedLocked();
            if (waits) {
                end.receivers().add(waiter);
            }
        } finally {
            wake = locked.unlock();
        }
        if (!waits) {
            strand.abandon(token);
            finish(locked, wake);
            return value;
        }
        locked.settle();
        Object received = await(strand, token, locked, end.receivers(), waiter);
        return received == ENDED ? null : (T) received;
    }

    /// Waits for a counterpart.
    ///
    /// @return what it left in the node
    private static @Nullable Object await(Strand strand, long token, Locked locked, WaitQueue queue, Waiter waiter) {
        boolean resumed = strand.await(token);
        if (!resumed) {
            locked.lock();
            queue.remove(waiter);
            locked.unlock();
        }
        Object left = waiter.value;
        waiter.value = null;
        if (!resumed) {
            throw strand.cancelledException();
        }
        return left;
    }

    /// What is left to do when the lock is free.
    static void finish(Locked locked, @Nullable Strand wake) {
        if (wake != null) {
            wake.wake();
        }
        locked.settle();
    }

    static <T> Iterator<T> iterator(ReceivingEnd<T> end) {
        return new Iterator<>() {
            private @Nullable T next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    next = receiveOrNull(end);
                    if (next == null && end.end() instanceof Received.Failed<T>) {
                        throw end.endedException();
                    }
                }
                return next != null;
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("next of " + end + ": closed");
                }
                T value = next;
                next = null;
                assert value != null;
                return value;
            }
        };
    }

    // ---- clauses

    static <T> Clause<Void> onReceive(ReceivingEnd<T> end, Consumer<? super T> then) {
        Objects.requireNonNull(then, "then");
        return new ChannelClause.Receive<>(end, received -> {
            if (!(received instanceof Received.Value<T>(T value))) {
                throw end.endedException();
            }
            then.accept(value);
            return ChannelClause.nothing();
        });
    }

    static <T, R> Clause<R> onReceived(ReceivingEnd<T> end, Function<? super Received<T>, ? extends R> then) {
        return new ChannelClause.Receive<>(end, Objects.requireNonNull(then, "then"));
    }

    // ---- the end

    /// Ends the waits of all in a queue; the caller holds the lock and wakes them later.
    static void endAll(WaitQueue queue, List<Strand> woken) {
        for (Strand strand = queue.claimWith(ENDED); strand != null; strand = queue.claimWith(ENDED)) {
            woken.add(strand);
        }
    }

    /// Hands all values back, also when the callback fails at some: the first failure is thrown in the end,
    /// with the next few.
    ///
    /// @param values gives out one after the other, then null
    static <T> void handBack(Supplier<? extends @Nullable T> values, Consumer<? super T> dropped) {
        List<Throwable> failures = new ArrayList<>();
        for (T value = values.get(); value != null; value = values.get()) {
            try {
                dropped.accept(value);
            } catch (RuntimeException | Error failure) {
                if (failures.size() < FAILURES) {
                    failures.add(failure);
                }
            }
        }
        if (!failures.isEmpty()) {
            Throwable first = failures.removeFirst();
            failures.stream().filter(failure -> failure != first).forEach(first::addSuppressed);
            if (first instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) first;
        }
    }

    // ---- for people

    /// What a strand is shown to wait for that waits to send.
    static Object sending(Locked to) {
        return to.receivedBy == null
                ? new Doing("send to ", to)
                : new Depending("send to ", to, to.receivedBy, "from which", "received");
    }

    /// What a strand is shown to wait for that waits to receive.
    static Object receiving(Locked from) {
        return from.sentBy == null
                ? new Doing("receive from ", from)
                : new Depending("receive from ", from, from.sentBy, "to which", "sent");
    }

    /// What a strand is shown to wait for.
    record Doing(String what, Object where) {
        @Override
        public String toString() {
            return what + where;
        }
    }

    /// The same, where it is known who has used the other end.
    private record Depending(String what, Object where, Users others, String relation, String did) implements Awaited {
        @Override
        public Needs needs(Strand waiter) {
            return new Anybody();
        }

        @Override
        public Past past() {
            return new Past(others.living(), relation, did);
        }

        @Override
        public String subject() {
            return what + where;
        }

        @Override
        public String toString() {
            return subject();
        }
    }
}
