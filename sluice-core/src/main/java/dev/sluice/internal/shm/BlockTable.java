package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.lang.invoke.VarHandle;

/// Slots and the blocks that are in them, between processes. Changes come one after the other, and nobody
/// waits for anybody: one word says which change is being made, and whoever finds one there makes it.
///
///     control, slot, count, log: 63 … 24 version | 23 … 22 what | 21 … 0 index
///
///     control:  v, DONE ──put──▶ v+1, PUT block ─────┐            slot:  EMPTY ──▶ USED block ──▶ GONE block
///                │ ▲ └──remove─▶ v+1, REMOVE slot ───┤                     ▲         │  ▲            │  │
///                │ └───anybody: slot, count, log ────┘                     │         └──┘ ◀──────────┘  │
///                └──end──▶ v+1, ENDED                                      └──────────vacate────────────┘
///
///     base:  | count | (pad) | log: n × 8 | slots: n × 8 | (pad) | blocks …
///            0       8       64
///     block: | word | slot | former + 1 | added | (pad) | content …
///            0      8      12           16      20      24
///     its word: 63 … 32 lap | 31 … 28 FREE, OWNED or USED | 27 … 0 the owner's stamp, or 0
///
/// Invariants:
/// - a change is decided by the compare-and-set of the control word from the `DONE` that its maker has looked
///   at: what it saw in the slots still holds. From then on it will be made, by its maker or by others;
/// - a word never returns to a value that it has had: a slot, the count and an entry of the log carry the
///   version of their change, a block the lap of its use. So a helper that was stopped changes nothing late;
/// - a block that is not `FREE` is named by one slot, or by the control word, or is `OWNED` by who fills it;
/// - a block is `FREE` only after its slot has changed: who reads it, and finds the slot as before, has read
///   it whole.
///
/// Threads: any.
final class BlockTable {
    /// Not a block.
    static final int NONE = -1;

    // what a control word says
    private static final int DONE = 0;
    private static final int PUT = 1;
    private static final int REMOVE = 2;
    private static final int ENDED = 3;

    // what a slot says
    static final int EMPTY = 0;
    static final int USED = 1;
    static final int GONE = 2;

    // what the word of a block says
    private static final int FREE = 0;
    private static final int OWNED = 1;
    private static final int IN_USE = 2;

    private static final int INDEX_BITS = 22;
    private static final int VERSION_SHIFT = 24;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;
    private static final long LAST_VERSION = (1L << (Long.SIZE - VERSION_SHIFT)) - 2;

    private static final int CACHE_LINE = 64;
    private static final int LOG = CACHE_LINE;
    private static final int SLOT = 8;
    private static final int FORMER = 12;
    private static final int ADDED = 16;

    /// The bytes of a block before its content.
    static final int HEADER = 24;

    private final SharedMapping memory;
    private final SharedFile file;
    private final long control;
    private final long base;
    private final Shape shape;
    private final long slots;
    private final long blocks;
    private int next; // where to look for a free block: a hint, races do no harm

    /// How many there are.
    ///
    /// @param slots 1 to 2^21
    /// @param blocks more than may be in slots, for those that are being filled; at most 2^22 - 1
    /// @param contentBytes bytes of a block
    /// @param log how many changes are remembered, 0 if nobody asks
    record Shape(int slots, int blocks, int contentBytes, int log) {
        Shape {
            assert slots > 0 && slots <= INDEX_MASK && blocks <= INDEX_MASK : slots + ", " + blocks;
        }

        private long blockBytes() {
            return lines(HEADER + (long) contentBytes);
        }

        private static long lines(long bytes) {
            return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
        }

        private long slotsAt() {
            return LOG + (long) log * Long.BYTES;
        }

        private long blocksAt() {
            return lines(slotsAt() + (long) slots * Long.BYTES);
        }

        /// How much memory that takes.
        long bytes() {
            return blocksAt() + blocks * blockBytes();
        }
    }

    /// @param control where the control word is
    /// @param base where the rest is, a multiple of 64
    BlockTable(SharedFile file, long control, long base, Shape shape) {
        this.file = file;
        this.memory = file.memory();
        this.control = control;
        this.base = base;
        this.shape = shape;
        this.slots = base + shape.slotsAt();
        this.blocks = base + shape.blocksAt();
    }

    // ---- words

    static long versionOf(long word) {
        return word >>> VERSION_SHIFT;
    }

    static int indexOf(long word) {
        return (int) word & INDEX_MASK;
    }

    /// What a slot says.
    static int stateOf(long word) {
        return (int) (word >>> INDEX_BITS) & 3;
    }

    private static long word(long version, int what, int index) {
        return version << VERSION_SHIFT | (long) what << INDEX_BITS | index;
    }

    private long control() {
        return memory.getLongVolatile(control); // pairs with the compare-and-sets of decide and help
    }

    /// What is in a slot.
    long slot(int index) {
        return memory.getLongVolatile(slots + (long) index * Long.BYTES); // pairs with the compare-and-set in raise
    }

    /// Whether a slot is as it was, and so whatever has been read of its block is whole.
    boolean isStill(int index, long seen) {
        VarHandle.loadLoadFence(); // the block before the slot again; pairs with the storeStoreFence in claim
        return slot(index) == seen;
    }

    /// Where the content of a block is in the file.
    long contentOf(int block) {
        return blockAt(block) + HEADER;
    }

    private long blockAt(int block) {
        if (block < 0 || block >= shape.blocks) {
            throw new IndexOutOfBoundsException("block: index=" + block + ", expected below " + shape.blocks);
        }
        return blocks + block * shape.blockBytes();
    }

    int slots() {
        return shape.slots;
    }

    /// How many slots are used, after the last change that was made.
    int count() {
        return indexOf(memory.getLongVolatile(base)); // pairs with the compare-and-set in raise
    }

    /// How many changes are remembered.
    int log() {
        return shape.log;
    }

    /// The slot that a change was about; negative if that is not remembered any more.
    int changed(long version) {
        long entry = memory.getLongVolatile(logAt(version)); // pairs with the compare-and-set in raise
        return versionOf(entry) == version ? indexOf(entry) : -1;
    }

    private long logAt(long version) {
        return base + LOG + version % shape.log * Long.BYTES;
    }

    // ---- blocks

    /// Takes a block, to be filled and then [#put], or else [#giveBack].
    ///
    /// @return [#NONE] if all are in use
    int claim() {
        int start = next;
        for (int i = 0; i < shape.blocks; i++) {
            int block = (start + i) % shape.blocks;
            long word = blockWord(block);
            if (Slots.stateOf(word) == FREE
                    && replaceBlock(
                            block,
                            word,
                            Slots.word(
                                    Slots.lapOf(word),
                                    OWNED,
                                    file.participants().stamp()))) {
                VarHandle.storeStoreFence(); // what it was in has changed before this; pairs with isStill
                next = block + 1;
                Steps.at("table.claimed");
                return block;
            }
        }
        return NONE;
    }

    /// Gives a block back that was claimed and not put.
    void giveBack(int block) {
        long word = blockWord(block);
        assert Slots.ownerOf(word) == file.participants().stamp() : "given back by who does not have it";
        free(block, word);
    }

    /// Whether somebody could [#claim].
    boolean mayClaim() {
        for (int block = 0; block < shape.blocks; block++) {
            if (Slots.stateOf(blockWord(block)) == FREE) {
                return true;
            }
        }
        return false;
    }

    private void free(int block, long seen) {
        if (replaceBlock(block, seen, Slots.word(Slots.lapOf(seen) + 1, FREE, 0))) {
            next = block;
        }
    }

    private long blockWord(int block) {
        return memory.getLongVolatile(blockAt(block)); // pairs with the compare-and-set in replaceBlock
    }

    private boolean replaceBlock(int block, long seen, long now) {
        return memory.compareAndSetLong(blockAt(block), seen, now); // pairs with the getLongVolatile in blockWord
    }

    /// Gives the blocks back that the [Participants#buried] were filling.
    void releaseBuried() {
        for (int block = 0; block < shape.blocks; block++) {
            long word = blockWord(block);
            if (Slots.stateOf(word) == OWNED && file.participants().buried(Slots.ownerOf(word))) {
                settle(); // its owner may have put it: then it is in use from here on
                Steps.at("table.release");
                free(block, word);
            }
        }
    }

    // ---- changes

    /// Makes the change that has been decided, if there is one.
    ///
    /// @return the control word, which names no change: what is seen in the slots from now on holds as long as
    ///     the next change is decided from this word
    long settle() {
        while (true) {
            long now = control();
            int what = stateOf(now);
            if (what == DONE || what == ENDED) {
                return now;
            }
            Steps.at("table.help");
            help(now);
        }
    }

    /// Whether no more changes are made.
    static boolean isEnded(long settled) {
        return stateOf(settled) == ENDED;
    }

    /// What a slot gets.
    ///
    /// @param former the block that is in the slot now, or [#NONE]
    record Place(int slot, int former) {}

    /// Puts a block into a slot.
    ///
    /// @param settled what [#settle] said
    /// @param added whether the slot was not used before
    /// @return false if others have changed something since; then the block is still the caller's
    boolean put(long settled, int block, Place place, boolean added) {
        long at = blockAt(block);
        memory.putInt(at + SLOT, place.slot);
        memory.putInt(at + FORMER, place.former + 1);
        memory.putInt(at + ADDED, added ? 1 : 0);
        return decide(settled, PUT, block);
    }

    /// Takes the block out of a slot that is used.
    ///
    /// @return false if others have changed something since
    boolean remove(long settled, int slot) {
        return decide(settled, REMOVE, slot);
    }

    /// Makes no more changes.
    ///
    /// @return false if others have changed something since
    boolean end(long settled) {
        return decide(settled, ENDED, 0);
    }

    private boolean decide(long settled, int what, int index) {
        if (stateOf(settled) != DONE) {
            throw new IndexOutOfBoundsException(
                    "change %s: control=%x, expected one that goes on".formatted(file.path(), settled));
        }
        long version = versionOf(settled) + 1;
        if (version > LAST_VERSION) {
            throw new SpaceException(
                    Problem.FULL, "change " + file.path() + ": version=" + version + ", expected one that is left");
        }
        long decided = word(version, what, index);
        Steps.at("table.decide");
        // Releases the block; pairs with the getLongVolatile in control.
        if (!memory.compareAndSetLong(control, settled, decided)) {
            return false;
        }
        Steps.at("table.decided");
        if (what != ENDED) {
            help(decided);
        }
        return true;
    }

    /// Makes a change; several may be at it. Each step is made once, whoever comes first.
    private void help(long change) {
        if (stateOf(change) == PUT) {
            helpPut(change);
        } else {
            helpRemove(change);
        }
        Steps.at("table.settle");
        long done = word(versionOf(change), DONE, 0);
        memory.compareAndSetLong(control, change, done); // pairs with the getLongVolatile in control
        Steps.at("table.settled");
    }

    private void helpPut(long change) {
        int block = indexOf(change);
        long at = blockAt(block);
        long own = blockWord(block);
        int slot = memory.getInt(at + SLOT);
        int former = memory.getInt(at + FORMER) - 1;
        int added = memory.getInt(at + ADDED);
        long replaced = former == NONE ? 0 : blockWord(former);
        VarHandle.loadLoadFence(); // what was read before the word again; pairs with the storeStoreFence in claim
        if (control() != change) {
            return; // it has been made, and the block may be another's by now
        }
        if (Slots.stateOf(own) == OWNED) {
            replaceBlock(block, own, Slots.word(Slots.lapOf(own), IN_USE, 0));
        }
        Steps.at("table.used");
        raise(slotAt(slot), word(versionOf(change), USED, block));
        Steps.at("table.set");
        note(versionOf(change), slot, added);
        if (former != NONE && Slots.stateOf(replaced) == IN_USE) {
            free(former, replaced);
        }
    }

    private void helpRemove(long change) {
        int slot = indexOf(change);
        long version = versionOf(change);
        long seen = memory.getLongVolatile(slotAt(slot)); // pairs with the compare-and-set in raise
        raise(slotAt(slot), word(version, GONE, indexOf(seen)));
        Steps.at("table.set");
        long gone = slot(slot);
        long replaced = blockWord(indexOf(gone));
        if (versionOf(gone) != version || control() != change) {
            return; // it has been made
        }
        note(version, slot, -1);
        if (Slots.stateOf(replaced) == IN_USE) {
            free(indexOf(gone), replaced);
        }
    }

    private void note(long version, int slot, int added) {
        if (added != 0) { // else the count is that of an earlier change
            long before = memory.getLongVolatile(base); // pairs with the compare-and-set in raise
            if (versionOf(before) < version) {
                raise(base, word(version, 0, indexOf(before) + added));
            }
        }
        Steps.at("table.counted");
        if (shape.log > 0) {
            raise(logAt(version), word(version, 0, slot));
            Steps.at("table.logged");
        }
    }

    /// Makes a word that of a later change, if it is not.
    private void raise(long offset, long now) {
        while (true) {
            long seen = memory.getLongVolatile(offset); // pairs with the compare-and-set below
            if (versionOf(seen) >= versionOf(now)) {
                return;
            }
            if (memory.compareAndSetLong(offset, seen, now)) { // pairs with all reads of slots, count and log
                return;
            }
        }
    }

    private long slotAt(int slot) {
        if (slot < 0 || slot >= shape.slots) {
            throw new IndexOutOfBoundsException("slot: index=" + slot + ", expected below " + shape.slots);
        }
        return slots + (long) slot * Long.BYTES;
    }

    /// A slot whose block is gone becomes empty. Whether it may, the caller knows.
    void vacate(int slot, long seen) {
        assert stateOf(seen) == GONE : "slot=" + seen;
        // Pairs with the reads of slots. The version and the block stay: somebody may be in the middle of the
        // removal.
        memory.compareAndSetLong(slotAt(slot), seen, word(versionOf(seen), EMPTY, indexOf(seen)));
    }

    // ---- for tests

    /// Checks what must hold when nobody changes anything and the dead have been swept.
    ///
    /// @return what does not, or an empty text
    String violation() {
        long settled = settle();
        int used = 0;
        boolean[] named = new boolean[shape.blocks];
        for (int slot = 0; slot < shape.slots; slot++) {
            long word = slot(slot);
            if (versionOf(word) > versionOf(settled)) {
                return "slot %d: word=%x after %x".formatted(slot, word, settled);
            }
            if (stateOf(word) == USED) {
                used++;
                if (named[indexOf(word)] || Slots.stateOf(blockWord(indexOf(word))) != IN_USE) {
                    return "slot %d: block %d is not its own".formatted(slot, indexOf(word));
                }
                named[indexOf(word)] = true;
            }
        }
        for (int block = 0; block < shape.blocks; block++) {
            if (!named[block] && Slots.stateOf(blockWord(block)) != FREE) {
                return "block %d: word=%x, and no slot names it".formatted(block, blockWord(block));
            }
        }
        return used == count() ? "" : "count=" + count() + ", used=" + used;
    }
}
