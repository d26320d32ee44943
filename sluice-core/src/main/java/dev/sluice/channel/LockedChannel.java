package dev.sluice.channel;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitQueue;
import dev.sluice.internal.strand.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Every channel: a store, and those who wait at its two ends.
///
/// As Go's `runtime/chan.go`: one lock, held for a few field accesses; a value goes straight to a receiver that
/// waits, unless it has to wait for its time.
///
/// Invariants, whenever the lock is free:
/// - receivers wait only while the store gives out nothing and no sender waits; senders wait only while the
///   store is full (cancelled waits, which their strands are about to take out, and one select at both ends,
///   aside);
/// - a wait ends once: by the counterpart that claims it under the lock, by the end of the channel, or by its
///   cancellation;
/// - after the end nobody waits to send, and nobody waits to receive but for values that are not due yet.
/// Threads: any.
final class LockedChannel<T> extends Locked implements Channel<T>, SendingEnd<T>, ReceivingEnd<T> {
    /// How often threads meet at the lock of a buffered channel before it gets lanes.
    private static final int MEETINGS = 64;

    /// With less room a value in two would find the buffer full or empty, and need both lanes.
    private static final int LEAST_SPLIT = 8;

    /// How many values are moved while others spin; with more it waits for a better moment.
    private static final int MOST_MOVED = 1024;

    private final Consumer<? super T> forget;
    private final @Nullable ToLongFunction<? super T> rank;
    private final @Nullable Alarm alarm;
    private final Object sending = Ends.sending(this);
    private final Object receiving = Ends.receiving(this);
    private String name; // before the channel is shared

    // Guarded by lock.
    private Store<T> store;
    private final WaitQueue senders = new WaitQueue();
    private final WaitQueue receivers = new WaitQueue();
    private boolean ended;
    private @Nullable Throwable cause;
    private long sent;
    private long dropped;
    private int meetings;

    LockedChannel(String name, Store<T> store, Consumer<? super T> forget) {
        this(name, store, forget, null, null);
    }

    /// @param alarm for a store that gives out values in their time
    LockedChannel(
            String name,
            Store<T> store,
            Consumer<? super T> forget,
            @Nullable ToLongFunction<? super T> rank,
            @Nullable Alarm alarm) {
        this.name = name;
        this.store = store;
        this.forget = forget;
        this.rank = rank;
        this.alarm = alarm;
        if (alarm != null) {
            alarm.belongsTo(this);
        }
    }

    @Override
    public Channel<T> named(String name) {
        this.name = name;
        return this;
    }

    @Override
    public Channel<T> confined() {
        EventLoop loop = Strand.current().loop();
        if (loop == null || alarm != null && !alarm.isOf(loop)) {
            throw new IllegalStateException("confine " + this + ": thread="
                    + Thread.currentThread().getName() + ", expected a coroutine of "
                    + (alarm == null ? "a loop" : "the loop of its timers"));
        }
        confineTo(loop);
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Locked locked() {
        return this;
    }

    // ---- lanes

    @Override
    void contended() {
        if (store instanceof Store.Ring
                && store.capacity() >= LEAST_SPLIT
                && ++meetings >= MEETINGS
                && store.size() <= MOST_MOVED) {
            try {
                splitLocked();
            } catch (OutOfMemoryError full) {
                meetings = 0; // nothing was moved yet; perhaps there is room for lanes another time
            }
        }
    }

    /// Gives a buffered channel lanes. The caller holds the spin lock, and has to take theirs.
    private void splitLocked() {
        var made = new Lanes<>(this, store);
        store = made;
        split(made);
        made.unlock();
    }

    /// Gives a buffered channel lanes, though threads may not have met at it.
    void split() {
        assert !isConfined() && rank == null : "lanes for " + this;
        lock();
        if (store instanceof Store.Ring) {
            splitLocked();
        } else {
            unlock();
        }
    }

    /// Whether somebody waits at either end, or did and was cancelled. The caller holds the lock.
    boolean hasWaitingLocked() {
        return !senders.isEmpty() || !receivers.isEmpty();
    }

    @Override
    @SuppressWarnings("unchecked") // splitLocked made them
    public @Nullable Lanes<T> passage() {
        return (Lanes<T>) lanes();
    }

    // ---- sending

    @Override
    public Object sending() {
        return sending;
    }

    @Override
    public WaitQueue senders() {
        return senders;
    }

    @Override
    public long rankOf(T value) {
        return rank == null ? 0 : rank.applyAsLong(value);
    }

    /// Hands a value to a receiver that waits, or stores it.
    @Override
    public Offer offerLocked(T value, long rank) {
        if (ended) {
            return Offer.CLOSED;
        }
        if (alarm == null) {
            Strand receiver = receivers.claimWith(value);
            if (receiver != null) {
                wakeLater(receiver);
                sent++;
                return Offer.SENT;
            }
        }
        if (store.offer(value, rank) || store.extend() && store.offer(value, rank)) {
            sent++;
            return Offer.SENT;
        }
        return Offer.FULL;
    }

    @Override
    public @Nullable T droppedLocked() {
        T given = store.dropped();
        if (given != null) {
            dropped++;
        }
        return given;
    }

    @Override
    public void gaveUp(T value) {
        forget.accept(value);
    }

    // ---- receiving

    @Override
    public Object receiving() {
        return receiving;
    }

    @Override
    public WaitQueue receivers() {
        return receivers;
    }

    /// Takes a value from the store, and lets a waiting sender fill the room; or takes one from a sender.
    @Override
    public @Nullable T pollLocked() {
        if (alarm != null) {
            giveDueLocked(alarm.toWake); // those who wait come first, though the alarm is late
        }
        T value = store.poll();
        if (value != null) {
            claimSender(true);
            return value;
        }
        return alarm == null ? claimSender(false) : null;
    }

    /// Not where a value can be due a moment before its alarm.
    @Override
    public boolean keepsPlaces() {
        return alarm == null;
    }

    @Override
    public boolean drainedLocked() {
        return ended && store.size() == 0;
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
            if (waiter.tryClaim()) {
                wakeLater(waiter.strand);
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

    // ---- values in their time

    /// Gives what is due to those who wait, and sets the alarm for what is not.
    @Override
    void settle() {
        Alarm clock = alarm;
        if (clock == null) {
            return;
        }
        List<Strand> wake;
        Alarm.Due timer;
        lock();
        try {
            giveDueLocked(clock.toWake);
            wake = List.copyOf(clock.toWake);
            clock.toWake.clear();
            boolean awaited = !receivers.isEmpty() && store.size() > 0;
            timer = awaited ? clock.needed(store.due()) : null;
        } finally {
            unlock();
        }
        wake.forEach(Strand::wake);
        if (timer != null) {
            clock.set(timer);
        }
    }

    private void giveDueLocked(List<Strand> woken) {
        while (!receivers.isEmpty()) {
            T value = store.peek();
            if (value == null) {
                if (drainedLocked()) {
                    Ends.endAll(receivers, woken);
                }
                return;
            }
            Strand receiver = receivers.claimWith(value);
            if (receiver == null) {
                return; // all are cancelled
            }
            woken.add(receiver);
            store.take();
            claimSender(true);
            Strand sender = takeWake();
            if (sender != null) {
                woken.add(sender);
            }
        }
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
        List<Strand> waiting = new ArrayList<>();
        boolean first;
        lock();
        try {
            first = endLocked(why, waiting);
        } finally {
            unlock();
        }
        waiting.forEach(Strand::wake);
        tellEnd();
        return first;
    }

    /// Takes the store away whole, so that nobody waits for the lock while the values are handed back.
    @Override
    public boolean cancel(Consumer<? super T> dropped) {
        Objects.requireNonNull(dropped, "dropped");
        List<Strand> waiting = new ArrayList<>();
        List<Alarm.Due> timers;
        Store<T> left;
        boolean first;
        lock();
        try {
            timers = alarm == null ? List.of() : alarm.takeAll();
            left = store.takeAll();
            if (left == store) {
                store = new Store.None<>(left.capacity());
            }
            this.dropped += left.size();
            first = endLocked(null, waiting);
        } finally {
            unlock();
        }
        waiting.forEach(Strand::wake);
        timers.forEach(Alarm.Due::stop);
        tellEnd();
        Ends.handBack(left::take, dropped);
        return first;
    }

    /// Ends the channel, and all waits for what will not come.
    private boolean endLocked(@Nullable Throwable why, List<Strand> woken) {
        boolean first = !ended;
        if (first) {
            ended = true;
            cause = why;
            Ends.endAll(senders, woken);
        }
        if (store.size() == 0) {
            Ends.endAll(receivers, woken);
        }
        return first;
    }

    @Override
    boolean endedLocked() {
        return ended;
    }

    @Override
    public Received<T> end() {
        lock();
        Throwable why = cause;
        unlock();
        return why == null ? new Received.Done<>() : new Received.Failed<>(why);
    }

    @Override
    public RuntimeException endedException() {
        return end() instanceof Received.Failed<T>(Throwable why)
                ? new ChannelFailedException("receive from", name, why)
                : new ChannelClosedException("receive from", name);
    }

    @Override
    public ChannelStatistics statistics() {
        lock();
        try {
            long passed = store instanceof Lanes<T> lanes ? lanes.passed() : 0;
            return new ChannelStatistics(
                    name,
                    store.capacity(),
                    store.size(),
                    senders.waiting(),
                    receivers.waiting(),
                    sent + passed,
                    dropped,
                    ended);
        } finally {
            unlock();
        }
    }

    @Override
    public String toString() {
        return "channel " + name;
    }
}
