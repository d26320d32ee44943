package dev.sluice.internal.strand;

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

    /// Takes a node out, if it is in.
    public void remove(Waiter waiter) {
        if (waiter.queue != this) {
            return;
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

    public boolean isEmpty() {
        return first == null;
    }

    public int size() {
        return size;
    }
}
