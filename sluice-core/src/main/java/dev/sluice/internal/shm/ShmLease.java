package dev.sluice.internal.shm;

import dev.sluice.space.Lease;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// An item that a task holds.
///
///     held ──done, giveBack, close──▶ ended
///       └────its task ends, or the space is closed──▶ lost
///
/// Who takes it off the list of its task has ended it.
///
/// Threads: any.
final class ShmLease<T> extends Leases.Node implements Lease<T> {
    private static final Duration MOST_DELAY = Duration.ofDays(365);

    private final Leases leases;
    private final SharedQueue queue;
    private final long slot;
    private final T item;
    private final int delivery;

    private volatile boolean ended; // by the program; pairs with itself: set after the list was left

    ShmLease(Leases leases, SharedQueue queue, long slot, T item) {
        this.leases = leases;
        this.queue = queue;
        this.slot = slot;
        this.item = item;
        this.delivery = queue.deliveries(slot);
        leases.add(this);
    }

    @Override
    public T item() {
        return item;
    }

    @Override
    public int delivery() {
        return delivery;
    }

    @Override
    public boolean done() {
        return end("done") && queue.tryDone(slot);
    }

    @Override
    public void giveBack() {
        giveBack(Duration.ZERO);
    }

    @Override
    public void giveBack(Duration delay) {
        if (delay.compareTo(MOST_DELAY) > 0) {
            throw new IllegalArgumentException(
                    "give back to " + queue + ": delay=" + delay + ", expected at most 365 days");
        }
        if (end("give back")) {
            queue.tryGiveBack(slot, Math.max(0, TimeUnit.NANOSECONDS.convert(delay)));
        }
    }

    @Override
    public boolean extend() {
        if (ended) {
            throw alreadyEnded("extend");
        }
        return !queue.isClosed();
    }

    @Override
    public void close() {
        if (leases.remove(this)) {
            ended = true;
            queue.tryGiveBack(slot, 0);
        }
    }

    /// @return false if it was lost before
    private boolean end(String doing) {
        if (leases.remove(this)) {
            ended = true;
            return true;
        }
        if (ended) {
            throw alreadyEnded(doing);
        }
        return false;
    }

    private IllegalStateException alreadyEnded(String doing) {
        return new IllegalStateException(doing + " lease of " + queue + ": it has been ended");
    }

    @Override
    void lose() {
        queue.tryGiveBack(slot, 0);
    }

    @Override
    public String toString() {
        return "lease of " + queue + ", delivery " + delivery;
    }
}
