package dev.sluice.internal.strand;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Those who wait at one place, in the order in which they began to.
///
/// Invariant: a node in the queue stands for a wait that has not been claimed through it; the wait may have
/// been cancelled, and its strand will then take the node out.
/// Threads: whoever holds the lock of that place.
public final class WaitQueue {
    private @Nullable Waiter first;
    private @Nullable Waiter last;
    private int size;

    public void add(Waiter waiter) {
        assert waiter.queue == null && waiter.next == null && waiter.previous == null;
        waiter.queue = this;
        waiter.previous = last;
        if (last == null) {
            first = waiter;
        } else {
            last.next = waiter;
        }
        last = waiter;
        size++;
    }

    /// Takes a node out.
    ///
    /// @return false if it was not in
    public boolean remove(Waiter waiter) {
        if (waiter.queue != this) {
            return false;
        }
        Waiter before = waiter.previous;
        Waiter after = waiter.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        waiter.queue = null;
        waiter.next = null;
        waiter.previous = null;
        size--;
        return true;
    }

    /// Ends the wait of the first that still waits, and hands it `value`; the caller wakes it.
    public @Nullable Strand claimWith(Object value) {
        for (Waiter waiter = first; waiter != null; waiter = first) {
            remove(waiter);
            waiter.value = value; // before the claim, which publishes it
            waiter.claimed = true;
            if (waiter.strand.tryClaim(waiter.token)) {
                return waiter.strand;
            }
            // Cancelled; the strand looks at the node under the lock that we hold.
            waiter.value = null;
            waiter.claimed = false;
        }
        return null;
    }

    /// The first in the queue, or null.
    public @Nullable Waiter first() {
        return first;
    }

    /// The one behind `waiter`, which is in the queue, or null.
    public @Nullable Waiter after(Waiter waiter) {
        assert waiter.queue == this;
        return waiter.next;
    }

    /// All in the queue, in their order.
    public List<Strand> strands() {
        List<Strand> strands = new ArrayList<>(size);
        for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
            strands.add(waiter.strand);
        }
        return strands;
    }

    public boolean isEmpty() {
        return first == null;
    }

    public int size() {
        return size;
    }
}
