package dev.sluice.channel;

import dev.sluice.internal.strand.WaitQueue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A cursor in the ring of a broadcast, and those who wait for its next value.
///
///     open ──cancel──▶ over, nothing left
///       └──overtaken, Lag.FAIL──▶ over, behind > 0
///
/// Threads: any, under the lock of the broadcast.
final class LockedSubscription<T> implements Broadcast.Subscription<T>, ReceivingEnd<T> {
    final Broadcast.Lag lag;
    private final LockedBroadcast<T> broadcast;
    private final Object receiving;

    // Guarded by the lock of the broadcast.
    final WaitQueue receivers = new WaitQueue();
    long cursor;
    long received;
    boolean over;
    private long dropped;
    private long behind; // when it was overtaken, for the message

    LockedSubscription(LockedBroadcast<T> broadcast, Broadcast.Lag lag) {
        this.broadcast = broadcast;
        this.lag = lag;
        this.receiving = Ends.receiving(broadcast);
    }

    /// The value at the cursor has been given up.
    ///
    /// @return whether this ends the subscription
    boolean overtakenLocked(long head) {
        assert lag != Broadcast.Lag.WAIT : "a sender did not wait";
        if (lag == Broadcast.Lag.DROP_OLDEST) {
            cursor++;
            dropped++;
            return false;
        }
        behind = head - cursor;
        dropped += behind;
        cursor = head;
        over = true;
        return true;
    }

    @Override
    public Locked locked() {
        return broadcast;
    }

    @Override
    public @Nullable T pollLocked() {
        T value = over ? null : broadcast.takeLocked(this);
        if (value != null) {
            received++;
        }
        return value;
    }

    @Override
    public boolean drainedLocked() {
        return over || broadcast.endedLocked() && cursor == broadcast.headLocked();
    }

    @Override
    public WaitQueue receivers() {
        return receivers;
    }

    @Override
    public Object receiving() {
        return receiving;
    }

    @Override
    public Received<T> end() {
        long lost;
        Throwable why;
        broadcast.lock();
        try {
            lost = behind;
            why = over ? null : broadcast.causeLocked();
        } finally {
            broadcast.unlock();
        }
        if (lost > 0) {
            return new Received.Failed<>(new Broadcast.LaggedException(broadcast.name(), lost, broadcast.capacity));
        }
        return why == null ? new Received.Done<>() : new Received.Failed<>(why);
    }

    @Override
    public RuntimeException endedException() {
        return switch (end()) {
            case Received.Failed<T>(Broadcast.LaggedException lagged) -> lagged;
            case Received.Failed<T>(Throwable why) -> new ChannelFailedException("receive from", broadcast.name(), why);
            default -> new ChannelClosedException("receive from", broadcast.name());
        };
    }

    @Override
    public boolean cancel(Consumer<? super T> dropped) {
        Objects.requireNonNull(dropped, "dropped");
        Deque<T> left = new ArrayDeque<>();
        boolean first;
        broadcast.lock();
        try {
            first = !over;
            if (first) {
                broadcast.leaveLocked(this, left);
                this.dropped += left.size();
                over = true;
            }
        } finally {
            broadcast.unlock();
        }
        broadcast.settle();
        Ends.handBack(left::poll, dropped);
        return first;
    }

    @Override
    public void close() {
        cancel(value -> {});
    }

    @Override
    public Broadcast.SubscriptionStatistics statistics() {
        broadcast.lock();
        try {
            return statisticsLocked();
        } finally {
            broadcast.unlock();
        }
    }

    Broadcast.SubscriptionStatistics statisticsLocked() {
        int unseen = over ? 0 : (int) (broadcast.headLocked() - cursor);
        return new Broadcast.SubscriptionStatistics(lag, unseen, receivers.waiting(), received, dropped);
    }

    @Override
    public String toString() {
        return "subscription to " + broadcast;
    }
}
