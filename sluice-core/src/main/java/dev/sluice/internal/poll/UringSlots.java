package dev.sluice.internal.poll;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where the operations given to a ring are kept, and the number by which the kernel names them.
///
/// A completion carries a *tag*, never a descriptor or an object:
///
///     63 62          32 31           0
///     | 0 | generation |    index    |        negative tags are not operations
///
/// The generation changes whenever the slot is freed, so a late completion finds nothing instead of somebody
/// else.
///
///     FREE ──take──▶ QUEUED ──written to the ring──▶ SUBMITTED ──completion──▶ FREE
///                      │  ▲                             │   │
///                      │  └──EAGAIN: wait until ready───│───┘
///                    cancel                           cancel
///                      ▼                                ▼
///                  CANCELLED ──next poll──▶ FREE     CANCELLING ──completion──▶ FREE
///
/// Threads: the loop thread only.
final class UringSlots {
    /// How far an operation has come.
    enum State {
        FREE,
        QUEUED,
        SUBMITTED,
        CANCELLING,
        CANCELLED
    }

    /// One place; made once, used again and again.
    static final class Slot {
        final int index;
        State state = State.FREE;
        /// The descriptor does not block: wait until it is ready before the next attempt.
        boolean readyFirst;

        private int generation;
        private @Nullable Operation operation;
        private @Nullable Slot nextFree;

        Slot(int index) {
            this.index = index;
        }

        long tag() {
            return (long) generation << Integer.SIZE | index;
        }

        Operation operation() {
            return Objects.requireNonNull(operation, "slot is free");
        }
    }

    private final int limit;
    private Slot[] slots = new Slot[0];
    private int made;
    private @Nullable Slot free;

    UringSlots(int limit) {
        this.limit = limit;
    }

    /// A slot in state `QUEUED`, or null when all are taken.
    @Nullable Slot take(Operation operation) {
        assert operation.slot == -1 : operation + " is in flight already";
        Slot slot = free;
        if (slot != null) {
            free = slot.nextFree;
            slot.nextFree = null;
        } else if (made < limit) {
            slot = make();
        } else {
            return null;
        }
        assert slot.state == State.FREE && slot.operation == null;
        slot.state = State.QUEUED;
        slot.operation = operation;
        operation.slot = slot.index;
        return slot;
    }

    /// Frees the slot; its tag means nothing from now on.
    Operation free(Slot slot) {
        Operation operation = slot.operation();
        assert slot.state != State.FREE && operation.slot == slot.index;
        operation.slot = -1;
        slot.operation = null;
        slot.state = State.FREE;
        slot.readyFirst = false;
        slot.generation = (slot.generation + 1) & Integer.MAX_VALUE;
        slot.nextFree = free;
        free = slot;
        return operation;
    }

    /// The slot that a tag means, or null when it has been freed since.
    @Nullable Slot byTag(long tag) {
        int index = (int) tag;
        if (tag < 0 || index < 0 || index >= made) {
            return null;
        }
        Slot slot = slots[index];
        return slot.state != State.FREE && slot.tag() == tag ? slot : null;
    }

    /// The slot of an operation in flight, or null when it is idle.
    @SuppressWarnings("ReferenceEquality") // an operation is itself only
    @Nullable Slot of(Operation operation) {
        if (operation.slot < 0) {
            return null;
        }
        Slot slot = slots[operation.slot];
        assert slot.operation == operation : operation + " is in flight on another poller";
        return slot;
    }

    /// How many slots there are, free or not; see [#at].
    int size() {
        return made;
    }

    Slot at(int index) {
        return slots[index];
    }

    private Slot make() {
        if (made == slots.length) {
            slots = Arrays.copyOf(slots, Math.min(limit, Math.max(64, 2 * made)));
        }
        Slot slot = new Slot(made);
        slots[made++] = slot;
        return slot;
    }
}
