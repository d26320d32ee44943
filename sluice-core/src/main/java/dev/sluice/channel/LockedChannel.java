package dev.sluice.channel;

import dev.sluice.internal.strand.SpinLock;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitQueue;
import dev.sluice.internal.strand.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Every channel: a store, and those who wait at its two ends.
///
/// As Go's `runtime/chan.go`: one lock, held for a few field accesses; a value goes straight to a receiver that
/// waits.
///
/// Invariants, whenever the lock is free:
/// - receivers wait only while the store is empty and no sender waits; senders wait only while the store is
///   full (cancelled waits, which their strands are about to take out, aside);
/// - a wait ends once: by the counterpart that claims it under the lock, by the end of the channel, or by its
///   cancellation;
/// - after the end nobody waits to send, and nobody waits to receive.
/// Threads: any. Strands are woken, and foreign code runs, only after the lock is free.
final class LockedChannel<T> implements Channel<T> {
    private static final AtomicLong NUMBERS = new AtomicLong(); // unique; ordered with nothing
    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(LockedChannel.class, "lock", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What a waiter gets instead of a value when the channel ends.
    private static final Object ENDED = new Object();

    /// How a select orders the locks of several channels.
    final long number = NUMBERS.incrementAndGet();

    private final Consumer<? super T> forget;
    private final @Nullable ToLongFunction<? super T> rank;
    private final Object sending = new Doing("send to ");
    private final Object receiving = new Doing("receive from ");
    private String name; // before the channel is shared

    private int lock; // through SpinLock only

    // Guarded by lock.
    private final Store<T> store;
    private final WaitQueue senders = new WaitQueue();
    private final WaitQueue receivers = new WaitQueue();
    private boolean ended;
    private @Nullable Throwable cause;
    private long sent;
    private long dropped;
    private @Nullable Strand toWake; // by whoever holds the lock, after it has let go

    LockedChannel(String name, Store<T> store, Consumer<? super T> forget) {
        this(name, store, forget, null);
    }

    LockedChannel(String name, Store<T> store, Consumer<? super T> forget, @Nullable ToLongFunction<? super T> rank) {
        this.name = name;
        this.store = store;
        this.forget = forget;
        this.rank = rank;
    }

    @Override
    public Channel<T> named(String name) {
        this.name = name;
        return this;
    }

    // ---- sending

    @Override
    public void send(T value) {
        Strand strand = Strand.current();
        strand.checkpoint();
        long rank = rankOf(value);
        Offer offer = offer(value, rank);
        if (offer == Offer.FULL) {
            offer = waitToSend(strand, value, rank);
        }
        if (offer == Offer.CLOSED) {
            throw new ChannelClosedException("send to", name);
        }
    }

    @Override
    public Offer trySend(T value) {
        return offer(value, rankOf(value));
    }

    long rankOf(T value) {
        Objects.requireNonNull(value, "value");
        return rank == null ? 0 : rank.applyAsLong(value);
    }

    private Offer offer(T value, long rank) {
        lock();
        Offer offer = offerLocked(value, rank);
        T given = store.dropped();
        Strand wake = unlock();
        finish(wake, given);
        return offer;
    }

    private Offer waitToSend(Strand strand, T value, long rank) {
        Waiter waiter = Waiter.own(strand);
        long token = strand.begin(sending);
        waiter.token = token;
        waiter.value = value;
        waiter.rank = rank;
        lock();
        Offer offer = offerLocked(value, rank);
        if (offer == Offer.FULL) {
            senders.add(waiter);
        }
        T given = store.dropped();
        Strand wake = unlock();
        if (offer != Offer.FULL) {
            waiter.value = null;
            strand.abandon(token);
            finish(wake, given);
            return offer;
        }
        boolean resumed = strand.await(token);
        if (!resumed) {
            withdraw(senders, waiter);
        }
        boolean end = waiter.value == ENDED;
        waiter.value = null;
        if (!resumed) {
            throw strand.cancelledException();
        }
        return end ? Offer.CLOSED : Offer.SENT;
    }

    /// Hands a value to a receiver that waits, or stores it. The caller holds the lock.
    Offer offerLocked(T value, long rank) {
        if (ended) {
            return Offer.CLOSED;
        }
        Strand receiver = receivers.claimWith(value);
        if (receiver != null) {
            toWake = receiver;
            sent++;
            return Offer.SENT;
        }
        if (store.offer(value, rank)) {
            sent++;
            return Offer.SENT;
        }
        return Offer.FULL;
    }

    // ---- receiving

    @Override
    public T receive() {
        T value = receiveOrNull();
        if (value == null) {
            throw endedException();
        }
        return value;
    }

    @Override
    public Received<T> receiveOrEnd() {
        T value = receiveOrNull();
        return value == null ? end() : new Received.Value<>(value);
    }

    @Override
    public Received<T> tryReceive() {
        lock();
        T value = pollLocked();
        boolean end = ended;
        Strand wake = unlock();
        finish(wake, null);
        if (value != null) {
            return new Received.Value<>(value);
        }
        return end ? end() : new Received.Empty<>();
    }

    /// The next value, or null at the end.
    private @Nullable T receiveOrNull() {
        Strand strand = Strand.current();
        strand.checkpoint();
        lock();
        T value = pollLocked();
        boolean end = ended;
        Strand wake = unlock();
        finish(wake, null);
        return value != null || end ? value : waitToReceive(strand);
    }

    @SuppressWarnings("unchecked") // only values of senders are handed over, and ENDED
    private @Nullable T waitToReceive(Strand strand) {
        Waiter waiter = Waiter.own(strand);
        long token = strand.begin(receiving);
        waiter.token = token;
        lock();
        T value = pollLocked();
        boolean end = ended;
        if (value == null && !end) {
            receivers.add(waiter);
        }
        Strand wake = unlock();
        if (value != null || end) {
            strand.abandon(token);
            finish(wake, null);
            return value;
        }
        boolean resumed = strand.await(token);
        if (!resumed) {
            withdraw(receivers, waiter);
        }
        Object received = waiter.value;
        waiter.value = null;
        if (!resumed) {
            throw strand.cancelledException();
        }
        return received == ENDED ? null : (T) received;
    }

    /// Takes a value from the store, and lets a waiting sender fill the room; or takes one from a sender. The
    /// caller holds the lock.
    @Nullable T pollLocked() {
        T value = store.poll();
        if (value == null) {
            return claimSender(false);
        }
        claimSender(true);
        return value;
    }

    /// Ends the wait of the first sender that still waits.
    ///
    /// @param intoStore whether its value goes into the store
    @SuppressWarnings("unchecked") // senders put in what they send
    private @Nullable T claimSender(boolean intoStore) {
        for (Waiter waiter = senders.first(); waiter != null; waiter = senders.first()) {
            senders.remove(waiter);
            // Before the claim: afterwards the strand may use the node for its next wait.
            T value = (T) waiter.value;
            long rankOfValue = waiter.rank;
            assert value != null;
            waiter.claimed = true;
            if (waiter.strand.tryClaim(waiter.token)) {
                toWake = waiter.strand;
                sent++;
                if (intoStore) {
                    boolean stored = store.offer(value, rankOfValue);
                    assert stored : "no room after a poll";
                }
                return value;
            }
            waiter.claimed = false; // cancelled; the strand looks at the node under the lock that we hold
        }
        return null;
    }

    // ---- the end

    @Override
    public boolean close() {
        return finish(null);
    }

    @Override
    public boolean fail(Throwable cause) {
        return finish(Objects.requireNonNull(cause, "cause"));
    }

    private boolean finish(@Nullable Throwable why) {
        lock();
        if (ended) {
            unlock();
            return false;
        }
        List<Strand> waiting = endLocked(why);
        unlock();
        waiting.forEach(Strand::wake);
        return true;
    }

    @Override
    public boolean cancel(Consumer<? super T> dropped) {
        lock();
        boolean first = !ended;
        List<Strand> waiting = first ? endLocked(null) : List.of();
        List<T> left = new ArrayList<>();
        for (T value = store.poll(); value != null; value = store.poll()) {
            left.add(value);
        }
        this.dropped += left.size();
        unlock();
        waiting.forEach(Strand::wake);
        left.forEach(dropped);
        return first;
    }

    private List<Strand> endLocked(@Nullable Throwable why) {
        ended = true;
        cause = why;
        List<Strand> waiting = new ArrayList<>(senders.size() + receivers.size());
        for (Strand strand = senders.claimWith(ENDED); strand != null; strand = senders.claimWith(ENDED)) {
            waiting.add(strand);
        }
        for (Strand strand = receivers.claimWith(ENDED); strand != null; strand = receivers.claimWith(ENDED)) {
            waiting.add(strand);
        }
        return waiting;
    }

    boolean endedLocked() {
        return ended;
    }

    /// Whether a node's value says that the channel ended.
    static boolean isEnd(@Nullable Object value) {
        return value == ENDED;
    }

    /// How the channel ended.
    Received<T> end() {
        lock();
        Throwable why = cause;
        unlock();
        return why == null ? new Received.Done<>() : new Received.Failed<>(why);
    }

    RuntimeException endedException() {
        return end() instanceof Received.Failed<T>(Throwable why)
                ? new ChannelFailedException("receive from", name, why)
                : new ChannelClosedException("receive from", name);
    }

    // ---- for select, which holds the locks of all its channels

    void lock() {
        SpinLock.lock(LOCK, this);
    }

    /// Locks, for who holds the lock of another channel.
    void lockNested() {
        SpinLock.lockNested(LOCK, this);
    }

    /// Lets go of the lock.
    ///
    /// @return whom to wake
    @Nullable Strand unlock() {
        Strand wake = toWake;
        toWake = null;
        SpinLock.unlock(LOCK, this);
        return wake;
    }

    WaitQueue senders() {
        return senders;
    }

    WaitQueue receivers() {
        return receivers;
    }

    @Nullable T droppedLocked() {
        return store.dropped();
    }

    /// What is left to do after the lock is free.
    void finish(@Nullable Strand wake, @Nullable T given) {
        if (wake != null) {
            wake.wake();
        }
        if (given != null) {
            lock();
            dropped++;
            unlock();
            forget.accept(given);
        }
    }

    private void withdraw(WaitQueue from, Waiter waiter) {
        lock();
        from.remove(waiter);
        unlock();
    }

    @Override
    public Clause<Void> onSend(Supplier<? extends T> value, Runnable then) {
        return new ChannelClause.Send<>(this, value, then);
    }

    @Override
    public Clause<Void> onReceive(Consumer<? super T> then) {
        return new ChannelClause.Receive<>(this, received -> {
            if (!(received instanceof Received.Value<T>(T value))) {
                throw endedException();
            }
            then.accept(value);
            return ChannelClause.nothing();
        });
    }

    @Override
    public <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then) {
        return new ChannelClause.Receive<>(this, then);
    }

    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {
            private @Nullable T next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    next = receiveOrNull();
                    if (next == null && end() instanceof Received.Failed<T>) {
                        throw endedException();
                    }
                }
                return next != null;
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("next of " + LockedChannel.this + ": closed");
                }
                T value = next;
                next = null;
                assert value != null;
                return value;
            }
        };
    }

    @Override
    public ChannelStatistics statistics() {
        lock();
        try {
            return new ChannelStatistics(
                    name, store.capacity(), store.size(), senders.size(), receivers.size(), sent, dropped, ended);
        } finally {
            unlock();
        }
    }

    @Override
    public String toString() {
        return "channel " + name;
    }

    /// What a strand is shown to wait for.
    private final class Doing {
        private final String what;

        Doing(String what) {
            this.what = what;
        }

        @Override
        public String toString() {
            return what + LockedChannel.this;
        }
    }
}
