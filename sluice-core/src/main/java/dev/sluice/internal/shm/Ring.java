package dev.sluice.internal.shm;

import static dev.sluice.internal.shm.Slots.CLAIMED;
import static dev.sluice.internal.shm.Slots.FREE;
import static dev.sluice.internal.shm.Slots.LEASED;
import static dev.sluice.internal.shm.Slots.POISONED;
import static dev.sluice.internal.shm.Slots.READY;
import static dev.sluice.internal.shm.Slots.STALLED;
import static dev.sluice.internal.shm.Slots.lapOf;
import static dev.sluice.internal.shm.Slots.ownerOf;
import static dev.sluice.internal.shm.Slots.stateOf;
import static dev.sluice.internal.shm.Slots.word;

import dev.sluice.internal.linux.SharedMapping;
import java.util.function.LongSupplier;

/// The order of a queue between processes: a ring of [Slots], many producers, many consumers.
///
/// A position is a lap, in its upper half, and the index of a slot. A slot that is not free carries the lap of
/// the last position that it was given; a free one the first that it may be given. `tail` and `head` are hints
/// which anybody advances; the truth is in the slots.
///
/// Invariants:
/// - below `tail` each position has been given to its slot: claimed, or stepped over because the slot was still
///   leased, stalled, returned or poisoned. Stepping over writes the position's lap into the word;
/// - below `head` nobody waits for a position: its item was taken, or never was.
///
/// That a lease is stepped over, and does not hold up the ring, is ours; the rest follows the owner-stamped
/// ring whose states were searched exhaustively (`stress`, `RingModel`). Nothing here waits, and each step can
/// be the last one of its process.
///
/// A position that was stepped over is lost for its lap, so there are more slots than may be taken: up to 64
/// leases that end out of their order cost no room.
///
/// With levels of urgency there is no one order, so items are found by looking at all slots, and what waits is
/// stepped over like a lease.
///
/// Threads: any.
final class Ring {
    /// What is said instead of a position or a slot.
    static final long NONE = Slots.NONE;

    private final SharedMapping memory;
    private final Participants participants;
    private final Slots slots;
    private final long tail;
    private final long head;
    private final boolean ordered;

    /// @param tail offset of the hint where to put next
    /// @param head offset of the hint where to take next
    /// @param ordered whether there is one level only
    Ring(SharedFile file, Slots slots, long tail, long head, boolean ordered) {
        this.memory = file.memory();
        this.participants = file.participants();
        this.slots = slots;
        this.tail = tail;
        this.head = head;
        this.ordered = ordered;
    }

    // ---- putting

    /// Takes a slot to write into; then [Slots#write], then [#commit].
    ///
    /// @return its position, or [#NONE] when there is no room
    long claim() {
        if (!slots.reserve()) {
            return NONE;
        }
        long position = claimReserved();
        if (position == NONE) {
            slots.unreserve();
        }
        return position;
    }

    private long claimReserved() {
        while (true) {
            long position = memory.getLongAcquire(tail); // pairs with the compare-and-set in advance
            long slot = slot(position);
            long word = slots.word(slot);
            int ahead = lapOf(word) - lap(position);
            int state = stateOf(word);
            if (state == FREE && ahead <= 0) {
                Steps.at("put.claim");
                if (slots.replace(slot, word, word(lap(position), CLAIMED, participants.stamp()))) {
                    Steps.at("put.advance");
                    advance(tail, position);
                    return position;
                }
            } else if (ahead >= 0) {
                advance(tail, position); // whoever got it has not come so far
            } else if (state == CLAIMED && participants.dead(ownerOf(word))) {
                Steps.at("put.freeDead");
                slots.freeSeen(slot, word);
            } else if (!mayStepOver(state) || !roomBehind(position)) {
                return NONE;
            } else {
                Steps.at("put.stepOver");
                slots.replace(slot, word, word(lap(position), state, ownerOf(word)));
            }
        }
    }

    /// Whether a position behind one that must be stepped over can be given away. Without it, a ring full of
    /// leases would be run around for ever.
    private boolean roomBehind(long position) {
        long p = next(position);
        for (int i = 1; i < slots.count(); i++, p = next(p)) {
            long word = slots.word(slot(p));
            int ahead = lapOf(word) - lap(p);
            int state = stateOf(word);
            if (ahead >= 0 || state == FREE) {
                return true;
            }
            if (!mayStepOver(state)) {
                return false;
            }
        }
        return false;
    }

    /// Whether a position may be skipped because its slot is in this state since an older one.
    private boolean mayStepOver(int state) {
        return isPassed(state) || !ordered;
    }

    /// Hands the item over.
    ///
    /// @return false if we were stopped for so long that the position was given up: claim another
    boolean commit(long position) {
        long slot = slot(position);
        Steps.at("put.commit");
        while (true) {
            long word = slots.word(slot);
            if (ownerOf(word) != participants.stamp()) {
                return false; // the file was closed meanwhile
            }
            boolean stalled = stateOf(word) == STALLED;
            if (stalled ? slots.freeSeen(slot, word) : slots.replace(slot, word, word(lapOf(word), READY, 0))) {
                Steps.at("put.committed");
                return !stalled;
            }
        }
    }

    /// Gives a claimed position up.
    void withdraw(long position) {
        Steps.at("put.withdraw");
        slots.free(slot(position));
    }

    // ---- taking

    /// Takes the next item, in the order in which their positions were claimed.
    ///
    /// @return its slot, to be given to [Slots#done] or [Slots#giveBack]; [#NONE] when there is none, or the
    ///     next is still being written
    long take() {
        while (true) {
            long position = memory.getLongAcquire(head); // pairs with the compare-and-set in advance
            long slot = slot(position);
            long word = slots.word(slot);
            int ahead = lapOf(word) - lap(position);
            int state = stateOf(word);
            if (ahead > 0 || ahead == 0 && isPassed(state)) {
                advance(head, position);
            } else if (ahead < 0 || state == FREE) {
                return NONE;
            } else if (state == READY) {
                if (slots.lease(slot, word)) {
                    advance(head, position);
                    return slot;
                }
            } else if (participants.dead(ownerOf(word))) { // claimed, and never committed: nothing is lost
                Steps.at("take.freeDead");
                slots.freeSeen(slot, word);
            } else {
                return NONE;
            }
        }
    }

    /// Takes the oldest item of the lowest level that there is.
    ///
    /// @param now the time, as in [Slots#giveBack]
    /// @return as [#take]
    long takeUrgent(long now) {
        while (true) {
            // Whatever is put from now on comes behind: an item that this look has missed is older than none
            // that it finds. Pairs with the compare-and-set in advance.
            long end = memory.getLongAcquire(tail);
            long best = NONE;
            long bestWord = 0;
            boolean behind = false;
            for (int i = 0; i < slots.count(); i++) {
                long slot = slots.at(i);
                long word = slots.word(slot);
                if (stateOf(word) != READY && !slots.isDue(slot, word, now)) {
                    continue;
                }
                if (slots.sequence(slot) - end >= 0) {
                    behind = true;
                } else if (best == NONE || isBefore(slot, best)) {
                    best = slot;
                    bestWord = word;
                }
            }
            if (best == NONE && !behind || best != NONE && slots.lease(best, bestWord)) {
                return best;
            }
        }
    }

    private boolean isBefore(long slot, long other) {
        int level = slots.level(slot);
        int otherLevel = slots.level(other);
        if (level != otherLevel) {
            return level < otherLevel;
        }
        return slots.sequence(slot) - slots.sequence(other) < 0;
    }

    /// Takes an item that was given back, or that a dead owner left.
    ///
    /// @param now the time, as in [Slots#giveBack]
    /// @return as [#take]
    long takeReturned(long now) {
        for (int i = 0; i < slots.count(); i++) {
            long slot = slots.at(i);
            long word = slots.word(slot);
            if (slots.isDue(slot, word, now) && slots.lease(slot, word)) {
                return slot;
            }
        }
        return NONE;
    }

    /// Takes an item that was delivered too often, to put it elsewhere.
    ///
    /// @return as [#take]
    long takePoisoned() {
        for (int i = 0; i < slots.count(); i++) {
            long slot = slots.at(i);
            long word = slots.word(slot);
            if (stateOf(word) == POISONED) {
                Steps.at("poison.lease");
                if (slots.replace(slot, word, word(lapOf(word), LEASED, participants.stamp()))) {
                    return slot;
                }
            }
        }
        return NONE;
    }

    // ---- what the stopped leave

    /// The word of the position that is next to be taken, if somebody has claimed and not committed it; else 0.
    long pending() {
        long position = memory.getLongAcquire(head); // pairs with the compare-and-set in advance
        long word = slots.word(slot(position));
        return stateOf(word) == CLAIMED && lapOf(word) == lap(position) ? word : 0;
    }

    /// Gives up the position that is next to be taken, because its producer has been stopped for long: those
    /// behind it can be taken. The producer keeps its slot until it goes on.
    ///
    /// @param seen what [#pending] said
    /// @return whether it was still so
    boolean stall(long seen) {
        long position = memory.getLongAcquire(head); // pairs with the compare-and-set in advance
        Steps.at("stall.mark");
        return lapOf(seen) == lap(position)
                && slots.replace(slot(position), seen, word(lapOf(seen), STALLED, ownerOf(seen)));
    }

    // ---- hints, for who is about to wait

    /// Whether there would be something to take.
    ///
    /// @param now asked only where there are levels
    boolean mayTake(LongSupplier now) {
        if (!ordered) {
            return mayTakeUrgent(now.getAsLong());
        }
        long position = memory.getLongAcquire(head); // pairs with the compare-and-set in advance
        long word = slots.word(slot(position));
        int ahead = lapOf(word) - lap(position);
        return ahead > 0 || ahead == 0 && (stateOf(word) == READY || isPassed(stateOf(word)));
    }

    private boolean mayTakeUrgent(long now) {
        for (int i = 0; i < slots.count(); i++) {
            long slot = slots.at(i);
            long word = slots.word(slot);
            if (stateOf(word) == READY || slots.isDue(slot, word, now)) {
                return true;
            }
        }
        return false;
    }

    /// Whether [#claim] would do something.
    boolean mayClaim() {
        if (!slots.mayReserve()) {
            return false;
        }
        long position = memory.getLongAcquire(tail); // pairs with the compare-and-set in advance
        long word = slots.word(slot(position));
        if (lapOf(word) - lap(position) >= 0 || stateOf(word) == FREE) {
            return true;
        }
        return mayStepOver(stateOf(word)) && roomBehind(position);
    }

    // ---- positions

    /// States in which a slot has no item that waits for its turn.
    private static boolean isPassed(int state) {
        return state >= LEASED;
    }

    private void advance(long hint, long position) {
        // Any order will do, since the slots are the truth; pairs with the getLongAcquire of the hint.
        memory.compareAndSetLong(hint, position, next(position));
    }

    private static int lap(long position) {
        return (int) (position >>> Integer.SIZE);
    }

    private long next(long position) {
        int index = (int) position + 1;
        return index < slots.count() ? position + 1 : (long) (lap(position) + 1) << Integer.SIZE;
    }

    /// The slot of a position.
    long slot(long position) {
        return slots.at((int) position);
    }
}
