package dev.sluice.internal.strand;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Those who wait at one place, in the order in which they began to.
///
/// Invariant: a node in the queue stands for a wait that has not been claimed through it; the wait may have
/// been cancelled, and its strand will then take the node out. A place of a [Standing] may be in the queue while
/// its strand does not wait.
/// Threads: whoever holds the lock of that place.
public final class WaitQueue {
    private static final int LEAST_SWEPT = 16;

    private @Nullable Waiter first;
    private @Nullable Waiter last;
    private int size;
    private int sweepAt; // the size at which forgotten places are looked for; 0: there has been no place

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

    /// Adds a place that may stay while its strand does not wait. Those of users that have gone are taken out
    /// when the queue has become twice as long, so there are never more of them than that.
    public void addStanding(Standing.Place place) {
        if (size >= sweepAt) {
            sweep();
            sweepAt = Math.max(LEAST_SWEPT, 2 * size);
        }
        add(place);
    }

    private void sweep() {
        Waiter next;
        for (Waiter waiter = first; waiter != null; waiter = next) {
            next = waiter.next;
            if (waiter instanceof Standing.Place place && place.forgotten()) {
                remove(place);
            }
        }
    }

    /// How many wait now.
    public int waiting() {
        int waiting = size;
        for (Waiter waiter = sweepAt == 0 ? null : first; waiter != null; waiter = waiter.next) {
            if (waiter instanceof Standing.Place place && place.idle()) {
                waiting--;
            }
        }
        return waiting;
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
            if (waiter.tryClaim()) {
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
