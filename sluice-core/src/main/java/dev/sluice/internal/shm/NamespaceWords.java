package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Namespace.Options;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keys and values between processes: a [BlockTable] whose slots are a hash table, and whose blocks are the
/// entries. The version of a slot is that of its entry.
///
///     word: the control word of the table         second: when the first entry is due, 0 to look, or NEVER
///     content of a block:
///     0     8      12      16          20             24    280
///     | due | hash | owner | keyLength | valueLength | key | value …
///
/// A key is in the slot of its hash, or the first one behind that was not empty when it came: a search ends at
/// an empty slot. A slot whose key is gone is not empty, but becomes so as soon as the one behind it is; a new
/// key takes the first such slot that its search has met. So there is no empty slot between where a key belongs
/// and where it is.
///
/// An entry that is due is as good as gone for who asks; it is removed by whoever looks first. An entry with an
/// owner is removed with it, by those who sweep, or by the owner when it leaves.
///
/// The limits in the header are the [Options].
///
/// Threads: any. `changing` lets one strand of this opening at a time, so that it needs one block at most.
final class NamespaceWords extends SharedWords {
    /// Where there is no moment.
    static final long NEVER = Long.MAX_VALUE;

    /// Instead of a version: there are as many keys as may be.
    static final long FULL = -1;

    /// Instead of a version: the key has another one than was expected.
    static final long DIFFERENT = -2;

    private static final long BUSY = -3;
    private static final long ANY_VERSION = -1;
    private static final long LOOK = 0;

    private static final int LONGEST_KEY = 255;
    private static final int SPARE_BLOCKS = 16;
    private static final int LOG = 1024;

    private static final int DUE = 0;
    private static final int HASH = 8;
    private static final int OWNER = 12;
    private static final int KEY_LENGTH = 16;
    private static final int VALUE_LENGTH = 20;
    private static final int KEY = 24;
    private static final int VALUE = 280;

    static {
        assert KEY + LONGEST_KEY < VALUE && VALUE % Long.BYTES == 0 : VALUE;
    }

    private static final SharedFile.Layout LAYOUT =
            (SharedFile.ZeroLayout) limits -> OWN + shape(of(limits)).bytes();

    private static final Clock CLOCK = Clock.system();

    private final Options options;
    private final BlockTable table;
    private final int mask;
    private final ReentrantLock changing = new ReentrantLock(); // of strands and the wait thread; held without a wait

    private NamespaceWords(String name, SharedFile file) {
        super(name, file);
        this.options = of(file.header().limits());
        this.table = new BlockTable(file, at(WORD), at(OWN), shape(options));
        this.mask = table.slots() - 1;
    }

    private static Options of(FileHeader.Limits limits) {
        return new Options((int) limits.p0(), (int) limits.p1());
    }

    private static BlockTable.Shape shape(Options options) {
        int slots = Integer.highestOneBit(options.keys()) << 2; // at most half of them used
        slots = Integer.bitCount(options.keys()) == 1 ? slots / 2 : slots;
        return new BlockTable.Shape(slots, options.keys() + SPARE_BLOCKS, VALUE + options.itemBytes(), LOG);
    }

    static NamespaceWords open(SharedDirectory directory, String name, Options options) throws IOException {
        NamespaceWords words = open(
                new Place(directory, name),
                FileHeader.Kind.NAMESPACE,
                new FileHeader.Limits(options.keys(), options.itemBytes(), 0, 0),
                LAYOUT,
                file -> new NamespaceWords(name, file));
        words.mapped(() -> {
            words.sweep(); // what belonged to the dead is not seen
            return words;
        });
        return words;
    }

    Options options() {
        return options;
    }

    BlockTable table() {
        return table;
    }

    static long now() {
        return CLOCK.nanoTime();
    }

    // ---- looking

    /// What a search has found.
    ///
    /// @param slot where the key is, or where it would go
    /// @param word what was in that slot
    /// @param used whether the slot has the key
    private record Found(int slot, long word, boolean used) {}

    private static int hash(byte[] key) {
        int hash = Arrays.hashCode(key);
        return hash ^ hash >>> 16;
    }

    private Found find(byte[] key, int hash) {
        @Nullable Found free = null;
        for (int i = 0; i < table.slots(); i++) {
            int slot = hash + i & mask;
            long word = table.slot(slot);
            while (BlockTable.stateOf(word) == BlockTable.USED) {
                boolean same = isKey(BlockTable.indexOf(word), key, hash);
                if (table.isStill(slot, word)) {
                    if (same) {
                        return new Found(slot, word, true);
                    }
                    break;
                }
                word = table.slot(slot);
            }
            boolean empty = BlockTable.stateOf(word) == BlockTable.EMPTY;
            if (free == null && (empty || BlockTable.stateOf(word) == BlockTable.GONE)) {
                free = new Found(slot, word, false);
            }
            if (empty) {
                assert free != null;
                return free;
            }
        }
        if (free == null) {
            throw new IndexOutOfBoundsException(this + ": used slots=" + table.slots() + ", expected half of them");
        }
        return free;
    }

    private boolean isKey(int block, byte[] key, int hash) {
        long at = table.contentOf(block);
        SharedMapping memory = mapping();
        return memory.getInt(at + HASH) == hash
                && memory.getInt(at + KEY_LENGTH) == key.length
                && Arrays.equals(bytes(at + KEY, key.length, LONGEST_KEY), key);
    }

    private byte[] bytes(long at, int length, int most) {
        byte[] bytes = new byte[Math.clamp(length, 0, most)]; // half written, it is read again
        mapping().read(at, bytes, 0, bytes.length);
        return bytes;
    }

    private long dueOf(long word) {
        return mapping().getLong(table.contentOf(BlockTable.indexOf(word)) + DUE);
    }

    /// Whether a moment has come; most never do, and cost no look at the clock.
    private static boolean isDue(long due) {
        return due != NEVER && due - now() <= 0;
    }

    /// The key in a slot; null if there is none.
    @Nullable String keyIn(int slot) {
        Entry entry = entryIn(slot, LOOK, ""); // before all dues
        return entry == null ? null : entry.key();
    }

    /// The entry in a slot.
    ///
    /// @param now in nanoseconds of the machine's monotonic clock: entries that are due by then are not there
    /// @param prefix what its key begins with, else it is not there either
    /// @return null if it is not there
    private @Nullable Entry entryIn(int slot, long now, String prefix) {
        while (true) {
            long word = table.slot(slot);
            if (BlockTable.stateOf(word) != BlockTable.USED) {
                return null;
            }
            long at = table.contentOf(BlockTable.indexOf(word));
            boolean due = mapping().getLong(at + DUE) - now <= 0;
            String key =
                    new String(bytes(at + KEY, mapping().getInt(at + KEY_LENGTH), LONGEST_KEY), StandardCharsets.UTF_8);
            boolean there = !due && key.startsWith(prefix);
            byte[] value =
                    there ? bytes(at + VALUE, mapping().getInt(at + VALUE_LENGTH), options.itemBytes()) : new byte[0];
            if (table.isStill(slot, word)) {
                return there ? new Entry(key, BlockTable.versionOf(word), value) : null;
            }
        }
    }

    /// What is stored under a key; null if there is no such key.
    @Nullable Entry get(String key) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        return mapped(() -> {
            int hash = hash(name);
            while (true) {
                Found found = find(name, hash);
                if (!found.used) {
                    return null;
                }
                Entry entry = entryIn(found.slot, now(), "");
                if (table.isStill(found.slot, found.word)) {
                    return entry;
                }
            }
        });
    }

    /// The entries whose keys begin so, by key.
    Collection<Entry> list(String prefix) {
        return mapped(() -> {
            table.settle(); // what a dead one has decided is there
            long now = now();
            var found = new TreeMap<String, Entry>();
            for (int slot = 0; slot < table.slots(); slot++) {
                Entry entry = entryIn(slot, now, prefix);
                if (entry != null) { // a key that moved meanwhile is seen twice
                    found.merge(entry.key(), entry, (one, other) -> one.version() > other.version() ? one : other);
                }
            }
            return found.values();
        });
    }

    // ---- changing

    /// What is to be stored.
    static final class Content {
        private final byte[] key;
        private final byte[] value;
        private final boolean owned;
        private final long due;

        /// @param key in UTF-8
        /// @param value not changed any more
        /// @param owned whether it goes with this opening
        /// @param due when it goes, or [#NEVER]
        Content(byte[] key, byte[] value, boolean owned, long due) {
            this.key = key;
            this.value = value;
            this.owned = owned;
            this.due = due;
        }
    }

    /// Stores an entry.
    ///
    /// @return its version, or [#FULL]
    long put(Content content) {
        return replace(content, ANY_VERSION);
    }

    /// Stores an entry if its key has the version that is expected, 0 if there shall be none.
    ///
    /// @return its version, [#FULL] or [#DIFFERENT]
    long replace(Content content, long expected) {
        while (true) {
            long version = tryReplace(content, expected);
            if (version != BUSY) {
                return version;
            }
            awaitRoom(table::mayClaim); // as many as may are stopped in the middle of it
        }
    }

    private long tryReplace(Content content, long expected) {
        changing.lock();
        try {
            return mapped(() -> change(content, expected));
        } finally {
            changing.unlock();
        }
    }

    /// Gives nothing back on the way out of an exception: what is left then, goes with this opening.
    private long change(Content content, long expected) {
        byte[] key = content.key;
        int hash = hash(key);
        int block = BlockTable.NONE;
        while (true) {
            long settled = table.settle();
            Found found = find(key, hash);
            long result = found.used ? 1 : refusalOfOneMore(settled);
            if (found.used && isDue(dueOf(found.word)) && removeAt(settled, found.slot)) {
                continue; // it was as good as gone
            }
            if (expected != ANY_VERSION && expected != (found.used ? BlockTable.versionOf(found.word) : 0)) {
                result = table.settle() == settled ? DIFFERENT : 0;
            }
            if (result > 0 && block == BlockTable.NONE) {
                block = table.claim();
                result = block == BlockTable.NONE ? BUSY : fill(block, key, hash, content);
            }
            if (result < 0) {
                if (block != BlockTable.NONE) {
                    table.giveBack(block);
                }
                return result;
            }
            if (result > 0 && table.put(settled, block, placeOf(found), !found.used)) {
                noteDue(content.due);
                ring();
                return BlockTable.versionOf(settled) + 1;
            }
        }
    }

    /// @return [#FULL], 0 to look again, or 1 if there is room
    private long refusalOfOneMore(long settled) {
        if (table.count() < options.keys()) {
            return 1;
        }
        removeDue(now()); // whatever the hint says: who is in the middle of it may be stopped
        return table.settle() != settled ? 0 : FULL;
    }

    private static BlockTable.Place placeOf(Found found) {
        return new BlockTable.Place(found.slot, found.used ? BlockTable.indexOf(found.word) : BlockTable.NONE);
    }

    /// @return 1
    private long fill(int block, byte[] key, int hash, Content content) {
        long at = table.contentOf(block);
        SharedMapping memory = mapping();
        memory.putLong(at + DUE, content.due);
        memory.putInt(at + HASH, hash);
        memory.putInt(at + OWNER, content.owned ? participants().stamp() : 0);
        memory.putInt(at + KEY_LENGTH, key.length);
        memory.putInt(at + VALUE_LENGTH, content.value.length);
        memory.write(key, 0, at + KEY, key.length);
        Steps.at("namespace.key");
        memory.write(content.value, 0, at + VALUE, content.value.length);
        Steps.at("namespace.value");
        return 1;
    }

    /// Removes a key.
    ///
    /// @param expected a version, or 0 for any
    /// @return whether it was there, and had that version
    boolean remove(String key, long expected) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        return mapped(() -> {
            int hash = hash(name);
            while (true) {
                long settled = table.settle();
                Found found = find(name, hash);
                if (!found.used || expected != 0 && expected != BlockTable.versionOf(found.word)) {
                    return false;
                }
                boolean due = isDue(dueOf(found.word));
                if (removeAt(settled, found.slot)) {
                    ring();
                    return !due;
                }
            }
        });
    }

    private boolean removeAt(long settled, int slot) {
        if (!table.remove(settled, slot)) {
            return false;
        }
        int each = slot;
        for (int i = 0; i < table.slots(); i++, each = each - 1 & mask) {
            long word = table.slot(each);
            if (BlockTable.stateOf(word) != BlockTable.GONE
                    || BlockTable.stateOf(table.slot(each + 1 & mask)) != BlockTable.EMPTY) {
                break;
            }
            Steps.at("namespace.vacate");
            table.vacate(each, word); // no search has to go on behind it
        }
        return true;
    }

    // ---- what goes by itself

    private long earliestDue() {
        return mapping().getLongVolatile(at(SECOND)); // pairs with the compare-and-set in replaceDue
    }

    private boolean replaceDue(long seen, long now) {
        return mapping().compareAndSetLong(at(SECOND), seen, now); // pairs with the getLongVolatile in earliestDue
    }

    private void noteDue(long due) {
        long seen = earliestDue();
        while (due < seen && !replaceDue(seen, due)) {
            seen = earliestDue();
        }
    }

    /// Removes what is due, unless somebody else is in the middle of it.
    private void expireAll(long now) {
        long hint = earliestDue();
        if (hint - now > 0 || !replaceDue(hint, NEVER)) {
            return;
        }
        Steps.at("namespace.expire"); // from here on to its end the hint says too little; whoever sweeps resets it
        noteDue(removeDue(now));
    }

    /// @return when the first of those that stay is due
    private long removeDue(long now) {
        long least = NEVER;
        for (int slot = 0; slot < table.slots(); slot++) {
            long due = removeIf(slot, at -> mapping().getLong(at + DUE) - now <= 0);
            least = due == LOOK ? least : Math.min(least, due);
        }
        return least;
    }

    /// Whether the entry is to go.
    private interface Doomed {
        boolean is(long content);
    }

    /// @return [#LOOK] if the entry in the slot was removed, else when it is due
    private long removeIf(int slot, Doomed doomed) {
        while (true) {
            long settled = table.settle();
            long word = table.slot(slot);
            if (BlockTable.stateOf(word) != BlockTable.USED) {
                return NEVER;
            }
            long content = table.contentOf(BlockTable.indexOf(word));
            boolean goes = doomed.is(content);
            long due = Math.max(mapping().getLong(content + DUE), LOOK + 1);
            if (!table.isStill(slot, word)) {
                continue;
            }
            if (!goes) {
                return due;
            }
            if (removeAt(settled, slot)) {
                ring();
                return LOOK;
            }
        }
    }

    @Override
    long doOwnChores() {
        long now = now();
        try {
            expireAll(now);
        } catch (IndexOutOfBoundsException damaged) {
            return WaitThread.TICK_NANOS; // whoever uses it is told
        }
        return Math.max(0, earliestDue() - now);
    }

    @Override
    void releaseBuried() {
        table.releaseBuried();
        for (int slot = 0; slot < table.slots(); slot++) {
            removeIf(slot, content -> {
                int owner = mapping().getInt(content + OWNER);
                return owner != 0 && participants().buried(owner);
            });
        }
        // They may have died before they had said when an entry is due. Pairs with the read in earliestDue.
        mapping().putLongVolatile(at(SECOND), LOOK);
    }

    /// Waits for who changes something right now: when our stamp is released, our block is another's.
    @Override
    void closing() {
        changing.lock();
        try {
            assert isClosed() : "another change may begin";
        } finally {
            changing.unlock();
        }
    }
}
