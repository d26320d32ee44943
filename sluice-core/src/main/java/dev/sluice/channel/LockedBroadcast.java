package dev.sluice.channel;

import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitQueue;
import dev.sluice.internal.strand.Waiter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One ring of values, and a cursor in it for each subscription.
///
///     ring:    . . . a b c d e . . .        tail: the least cursor; what is before it is forgotten
///                    ▲   ▲     ▲            head: where the next value goes
///                  tail cursor head
///
/// Invariants, whenever the lock is free: `tail <= cursor <= head` and `head - cursor <= capacity` for each
/// subscription; a subscription has waiting receivers only if its cursor is at the head; senders wait only
/// while a subscription for which they wait is `capacity` behind (cancelled waits aside).
/// Threads: any, under the one lock.
final class LockedBroadcast<T> extends Locked implements Broadcast<T>, SendingEnd<T> {
    private static final int MOST = 1 << 20;

    final int capacity;
    private final Object sending = Ends.sending(this);
    private String name; // before the broadcast is shared

    // Guarded by lock.
    private final @Nullable Object[] ring;
    private final List<LockedSubscription<T>> subscriptions = new ArrayList<>();
    private final WaitQueue senders = new WaitQueue();
    private final List<Strand> woken = new ArrayList<>();
    private long head;
    private long tail;
    private boolean ended;
    private @Nullable Throwable cause;

    LockedBroadcast(String name, int capacity) {
        if (capacity < 1 || capacity > MOST) {
            throw new IllegalArgumentException("broadcast: capacity=" + capacity + ", expected 1..2^20");
        }
        this.name = name;
        this.capacity = capacity;
        this.ring = new Object[capacity == 1 ? 1 : Integer.highestOneBit(capacity - 1) << 1];
    }

    @Override
    public Broadcast<T> named(String name) {
        this.name = name;
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
        return 0;
    }

    @Override
    public @Nullable T droppedLocked() {
        return null; // subscriptions count what they drop
    }

    @Override
    public void gaveUp(T value) {}

    @Override
    public Offer offerLocked(T value, long rank) {
        if (ended) {
            return Offer.CLOSED;
        }
        if (!roomLocked()) {
            return Offer.FULL;
        }
        publishLocked(value);
        return Offer.SENT;
    }

    private boolean roomLocked() {
        for (LockedSubscription<T> subscription : subscriptions) {
            if (subscription.lag == Lag.WAIT && head - subscription.cursor == capacity) {
                return false;
            }
        }
        return true;
    }

    /// The one step in which a send happens for all.
    private void publishLocked(T value) {
        ring[slot(head)] = value;
        head++;
        boolean failed = false;
        for (LockedSubscription<T> subscription : subscriptions) {
            Strand receiver = subscription.receivers.claimWith(value);
            if (receiver != null) {
                subscription.cursor = head;
                subscription.received++;
                woken.add(receiver);
            } else if (head - subscription.cursor > capacity) {
                failed |= subscription.overtakenLocked(head);
            }
        }
        if (failed) {
            subscriptions.removeIf(subscription -> subscription.over);
        }
        forgetLocked();
    }

    /// Lets senders in for which there is room now.
    private void admitLocked() {
        for (Waiter waiter = senders.first(); waiter != null && roomLocked(); waiter = senders.first()) {
            senders.remove(waiter);
            T value = valueOf(waiter); // before the claim: afterwards the strand may use the node again
            waiter.claimed = true;
            if (waiter.tryClaim()) {
                woken.add(waiter.strand);
                publishLocked(value);
            } else {
                waiter.claimed = false; // cancelled; the strand looks at the node under the lock that we hold
            }
        }
    }

    @SuppressWarnings("unchecked") // senders put in what they send
    private T valueOf(Waiter waiter) {
        Object value = waiter.value;
        assert value != null;
        return (T) value;
    }

    private int slot(long position) {
        return (int) position & (ring.length - 1);
    }

    /// Forgets what all have received.
    private void forgetLocked() {
        long least = head;
        for (LockedSubscription<T> subscription : subscriptions) {
            least = Math.min(least, subscription.cursor);
        }
        // What is further back has been overwritten.
        for (long position = Math.max(tail, head - ring.length); position < least; position++) {
            ring[slot(position)] = null;
        }
        tail = least;
    }

    // ---- for subscriptions

    /// The value at a subscription's cursor, which moves on.
    @SuppressWarnings("unchecked") // only publish puts something in
    @Nullable T takeLocked(LockedSubscription<T> subscription) {
        long position = subscription.cursor;
        if (position == head) {
            return null;
        }
        T value = (T) ring[slot(position)];
        subscription.cursor = position + 1;
        if (position == tail) {
            forgetLocked();
        }
        admitLocked();
        return value;
    }

    /// Takes a subscription out.
    ///
    /// @param left gets what it has not received
    @SuppressWarnings("unchecked") // only publish puts something in
    void leaveLocked(LockedSubscription<T> subscription, Collection<? super T> left) {
        for (long position = subscription.cursor; position < head; position++) {
            left.add((T) ring[slot(position)]);
        }
        subscription.cursor = head;
        subscriptions.remove(subscription);
        Ends.endAll(subscription.receivers, woken);
        forgetLocked();
        admitLocked();
    }

    long headLocked() {
        return head;
    }

    @Override
    boolean endedLocked() {
        return ended;
    }

    @Nullable Throwable causeLocked() {
        return cause;
    }

    @Override
    public Subscription<T> subscribe(Lag lag) {
        Objects.requireNonNull(lag, "lag");
        var subscription = new LockedSubscription<>(this, lag);
        lock();
        try {
            subscription.cursor = head;
            subscriptions.add(subscription);
        } finally {
            unlock();
        }
        return subscription;
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
        boolean first;
        lock();
        try {
            first = !ended;
            if (first) {
                ended = true;
                cause = why;
                Ends.endAll(senders, woken);
                subscriptions.forEach(subscription -> Ends.endAll(subscription.receivers, woken));
            }
        } finally {
            unlock();
        }
        settle();
        tellEnd();
        return first;
    }

    /// Wakes those whom the last steps have served; whoever comes first does it for all.
    @Override
    void settle() {
        Strand[] wake;
        lock();
        try {
            if (woken.isEmpty()) {
                return;
            }
            wake = woken.toArray(new Strand[0]);
            woken.clear();
        } finally {
            unlock();
        }
        for (Strand strand : wake) {
            strand.wake();
        }
    }

    @Override
    public Statistics statistics() {
        lock();
        try {
            return new Statistics(
                    name,
                    capacity,
                    senders.waiting(),
                    head,
                    ended,
                    subscriptions.stream()
                            .map(LockedSubscription::statisticsLocked)
                            .toList());
        } finally {
            unlock();
        }
    }

    @Override
    public String toString() {
        return "broadcast " + name;
    }
}
