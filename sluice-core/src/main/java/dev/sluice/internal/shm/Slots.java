package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;

/// The slots of a queue between processes: where its items are, and whose they are.
///
///     0     8        12           14      15    16    24         32     slotBytes
///     | ctl | length | deliveries | level | pad | due | sequence | item | (a slot; a multiple of 64 bytes)
///
///     ctl: 63 … 32 lap | 31 … 28 state | 27 … 0 the owner's stamp, or 0
///
///     FREE ──put──▶ CLAIMED ──commit──▶ READY ──take──▶ LEASED ──done──▶ FREE, one lap on
///                     │  ▲                                │ ▲ └─── its owner died, too often ──▶ POISONED
///                     │  └ owner dead: FREE, one lap on   ▼ │ take
///                     └ stopped for long ─▶ STALLED    RETURNED
///
/// Invariants: a slot is owned while it is `CLAIMED`, `STALLED` or `LEASED`, and its word names the owner, who
/// took it by the same compare-and-set of the whole word; only a dead owner is robbed, by another one. Only the
/// owner touches what is behind the word.
///
/// Threads: any.
final class Slots {
    /// Not a slot.
    static final long NONE = -1;

    static final int FREE = 0;
    static final int CLAIMED = 1;
    static final int READY = 2;
    static final int LEASED = 3;
    static final int STALLED = 4;
    static final int RETURNED = 5;
    static final int POISONED = 6;

    /// The bytes of a slot before the item.
    private static final int HEADER = 32;

    private static final int CACHE_LINE = 64;
    private static final int LENGTH = 8;
    private static final int DELIVERIES = 12;
    private static final int LEVEL_SHIFT = 16;
    private static final int DUE = 16;
    private static final int SEQUENCE = 24;
    private static final int MOST_DELIVERIES = 0xffff;
    private static final long ALWAYS_DUE = Long.MIN_VALUE / 2;

    private static final int STATE_SHIFT = Participants.STAMP_BITS;
    private static final int STATE_MASK = 15;
    private static final int OWNER_MASK = (1 << Participants.STAMP_BITS) - 1;

    static {
        assert SEQUENCE + Long.BYTES == HEADER && HEADER <= CACHE_LINE;
    }

    private final SharedMapping memory;
    private final Participants participants;
    private final long taken;
    private final long first;
    private final int count;
    private final int bytes;
    private final int capacity;

    /// How many slots there are, and what fits in.
    ///
    /// @param capacity how many of them may be taken
    /// @param itemBytes bytes of the largest item
    record Shape(int count, int capacity, int itemBytes) {
        int slotBytes() {
            return (HEADER + itemBytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
        }

        long bytes() {
            return (long) count * slotBytes();
        }
    }

    /// @param taken where is counted how many are taken
    /// @param first where the first one is
    Slots(SharedFile file, long taken, long first, Shape shape) {
        this.memory = file.memory();
        this.participants = file.participants();
        this.taken = taken;
        this.capacity = shape.capacity;
        this.first = first;
        this.count = shape.count;
        this.bytes = shape.slotBytes();
    }

    int count() {
        return count;
    }

    /// Where a slot is: what everybody else calls it by.
    long at(int index) {
        return first + (long) index * bytes;
    }

    // ---- how many are taken

    /// Counts one more, if so many may be taken; then it is taken, or [#unreserve].
    ///
    /// The count is too high when somebody died between counting and taking, or between freeing and counting;
    /// so when it says that there is no room, the slots are asked.
    boolean reserve() {
        Steps.at("put.reserve");
        // Any order will do, since the slots are the truth; pairs with itself.
        if (memory.getAndAddLong(taken, 1) < capacity || isRoom()) {
            return true;
        }
        unreserve();
        return false;
    }

    void unreserve() {
        memory.getAndAddLong(taken, -1); // pairs with the getAndAdd in reserve
    }

    /// Whether [#reserve] would succeed.
    boolean mayReserve() {
        return memory.getLongVolatile(taken) < capacity || isRoom(); // pairs with the getAndAdd in unreserve
    }

    private boolean isRoom() {
        int used = 0;
        for (int i = 0; i < count; i++) {
            used += stateOf(word(at(i))) != FREE ? 1 : 0;
        }
        return used < capacity;
    }

    // ---- what is in a slot that we own

    /// Writes an item.
    ///
    /// @param sequence where it stands among the others
    void write(long slot, byte[] item, int length, int level, long sequence) {
        assert length <= bytes - HEADER : "length=" + length + ", slot=" + bytes;
        memory.putInt(slot + LENGTH, length);
        memory.putInt(slot + DELIVERIES, level << LEVEL_SHIFT); // no deliveries
        memory.putLong(slot + DUE, ALWAYS_DUE);
        memory.putLong(slot + SEQUENCE, sequence);
        Steps.at("put.write");
        memory.write(item, 0, slot + HEADER, length);
    }

    /// How many bytes the item has.
    ///
    /// @throws IndexOutOfBoundsException if somebody wrote nonsense there
    private int length(long slot) {
        int length = memory.getInt(slot + LENGTH);
        if (length < 0 || length > bytes - HEADER) {
            throw new IndexOutOfBoundsException("item: bytes=" + length + ", expected at most " + (bytes - HEADER));
        }
        return length;
    }

    /// How often the item was taken, this time included; at most 65535.
    int deliveries(long slot) {
        return memory.getInt(slot + DELIVERIES) & MOST_DELIVERIES;
    }

    /// How urgent the item is.
    int level(long slot) {
        return memory.getInt(slot + DELIVERIES) >>> LEVEL_SHIFT & 0xff;
    }

    /// Where an item stands among the others.
    long sequence(long slot) {
        return memory.getLong(slot + SEQUENCE);
    }

    /// A copy of the item, which stays where it is.
    ///
    /// @throws IndexOutOfBoundsException if somebody wrote nonsense there
    byte[] item(long slot) {
        byte[] item = new byte[length(slot)];
        memory.read(slot + HEADER, item, 0, item.length);
        return item;
    }

    /// Copies the item, which stays where it is.
    ///
    /// @throws IndexOutOfBoundsException if somebody wrote nonsense there
    void read(long slot, Scratch into) {
        int length = length(slot);
        memory.read(slot + HEADER, into.room(length), 0, length);
    }

    /// The item is done with: its slot is free.
    ///
    /// @return false if it was not ours any more
    boolean done(long slot) {
        Steps.at("done.free");
        boolean own = free(slot);
        Steps.at("done.freed");
        return own;
    }

    /// Gives the item back.
    ///
    /// @param due from when it may be taken again, in nanoseconds of the machine's monotonic clock
    void giveBack(long slot, long due) {
        memory.putLong(slot + DUE, due);
        Steps.at("return.return");
        while (true) {
            long word = word(slot);
            if (ownerOf(word) != participants.stamp()
                    || replace(slot, word, word(lapOf(word), RETURNED, 0))) { // else it was stepped over
                Steps.at("return.returned");
                return;
            }
        }
    }

    // ---- taking

    /// Whether an item was given back and may be taken again.
    boolean isDue(long slot, long word, long now) {
        return stateOf(word) == RETURNED && memory.getLong(slot + DUE) - now <= 0;
    }

    /// Takes a slot whose item is free to be taken.
    ///
    /// @param word what was seen in it
    /// @return whether it was still so
    boolean lease(long slot, long word) {
        Steps.at("take.lease");
        if (!replace(slot, word, word(lapOf(word), LEASED, participants.stamp()))) {
            return false;
        }
        Steps.at("take.leased");
        if (deliveries(slot) < MOST_DELIVERIES) { // plain: the slot is ours
            memory.putInt(slot + DELIVERIES, memory.getInt(slot + DELIVERIES) + 1);
        }
        Steps.at("take.counted");
        return true;
    }

    // ---- all of them

    /// Releases what owners who are [Participants#buried] have left.
    ///
    /// @param mostDeliveries an item that a dead owner held, and that was taken so often, is poisoned
    /// @return how many items go to others
    int releaseBuried(int mostDeliveries) {
        int returned = 0;
        for (int i = 0; i < count; i++) {
            long slot = at(i);
            while (true) {
                long word = word(slot);
                if (ownerOf(word) == 0 || !participants.buried(ownerOf(word))) {
                    break;
                }
                Steps.at("release.slot");
                boolean leased = stateOf(word) == LEASED;
                // Else it was stepped over, or somebody else released it.
                if (leased ? replace(slot, word, returned(slot, word, mostDeliveries)) : freeSeen(slot, word)) {
                    returned += leased ? 1 : 0;
                    break;
                }
            }
        }
        return returned;
    }

    private long returned(long slot, long word, int mostDeliveries) {
        boolean tooOften = deliveries(slot) >= mostDeliveries;
        return word(lapOf(word), tooOften ? POISONED : RETURNED, 0);
    }

    /// When the first of those that were given back may be taken.
    ///
    /// @param now the time, as in [#giveBack]
    /// @return nanoseconds from now, 0 if one may be taken now, or [#NONE]
    long untilReturned(long now) {
        long least = NONE;
        for (int i = 0; i < count; i++) {
            long slot = at(i);
            if (stateOf(word(slot)) == RETURNED) {
                long wait = Math.max(0, memory.getLong(slot + DUE) - now);
                least = least == NONE ? wait : Math.min(least, wait);
            }
        }
        return least;
    }

    /// Whether everything that was put before has been done.
    boolean isDone() {
        for (int i = 0; i < count; i++) {
            if (stateOf(word(at(i))) != FREE) {
                return false;
            }
        }
        return true;
    }

    /// How many items are where.
    ///
    /// @param waiting to be taken, or given back and due
    /// @param delayed given back for later
    /// @param leased taken and not done
    /// @param poisoned put aside
    /// @param claimed being put, by the living, the stopped and the dead
    record Census(int waiting, int delayed, int leased, int poisoned, int claimed) {}

    /// Counts, slot by slot, while others go on.
    Census census(long now) {
        int[] counts = new int[POISONED + 1];
        int due = 0;
        for (int i = 0; i < count; i++) {
            long slot = at(i);
            long word = word(slot);
            counts[Math.min(stateOf(word), POISONED)]++;
            due += isDue(slot, word, now) ? 1 : 0;
        }
        return new Census(
                counts[READY] + due,
                counts[RETURNED] - due,
                counts[LEASED],
                counts[POISONED],
                counts[CLAIMED] + counts[STALLED]);
    }

    /// Checks what must hold whenever nobody is in the middle of something and the dead have been swept.
    ///
    /// @return what does not, or an empty text
    String violation() {
        for (int i = 0; i < count; i++) {
            long word = word(at(i));
            boolean owned = stateOf(word) == CLAIMED || stateOf(word) == LEASED || stateOf(word) == STALLED;
            if (stateOf(word) > POISONED || owned != (ownerOf(word) != 0)) {
                return "slot %d: word=%x".formatted(i, word);
            }
            if (owned && participants.dead(ownerOf(word))) {
                return "slot %d: word=%x is a dead one's".formatted(i, word);
            }
        }
        return "";
    }

    // ---- words

    /// A slot that we own becomes free. It may have been stepped over meanwhile.
    boolean free(long slot) {
        while (true) {
            long word = word(slot);
            if (ownerOf(word) != participants.stamp()) {
                return false; // the file was closed meanwhile, and gave it back
            }
            if (freeSeen(slot, word)) {
                return true;
            }
        }
    }

    /// A slot becomes free, one lap on, if it is as it was seen.
    boolean freeSeen(long slot, long word) {
        if (!replace(slot, word, word(lapOf(word) + 1, FREE, 0))) {
            return false;
        }
        Steps.at("free.count");
        unreserve();
        return true;
    }

    /// Releases what was written into the slot, and acquires what its last owner wrote; pairs with itself and
    /// [#word].
    boolean replace(long slot, long seen, long now) {
        return memory.compareAndSetLong(slot, seen, now);
    }

    /// What is in a slot's word.
    long word(long slot) {
        return memory.getLongAcquire(slot); // pairs with the compare-and-set in replace
    }

    static long word(int lap, int state, int owner) {
        return (long) lap << Integer.SIZE | (long) state << STATE_SHIFT | owner;
    }

    static int lapOf(long word) {
        return (int) (word >>> Integer.SIZE);
    }

    static int stateOf(long word) {
        return (int) (word >>> STATE_SHIFT) & STATE_MASK;
    }

    static int ownerOf(long word) {
        return (int) word & OWNER_MASK;
    }
}
