package dev.sluice.internal.shm;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.FileLock;
import dev.sluice.internal.linux.SharedMapping;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Who uses a shared file: a table behind its header, an entry for each opener.
///
///     0      8     12    16             24           32           33     96               128
///     | word | pid | uid | pidNamespace | startTicks | nameLength | name | counts: 4 × 8 |
///
///     word: 63……32 (0) | 31……16 generation | 15……8 (0) | 7……0 state
///
///     FREE ──join──▶ JOINING ──▶ LIVE ──leave──▶ FREE
///                       ▲         └─death─▶ SWEEPING ──▶ FREE
///                       └────────join of the dead one's ───┘
///
/// Invariants: who holds the lock of the entry's first byte owns the entry, and only the owner writes it. The
/// kernel lets the lock go when the owner dies, in whatever way; a process that is stopped keeps it. A *stamp*,
/// an index and a generation, names one owner: it is dead when the entry is of another generation, or not
/// `LIVE`, or the byte is free. Before an entry is used again, all that carries its stamp has been released.
///
/// The counts are what all owners of the entry have done since the file was made; each owner adds to those of
/// its entry.
///
/// Threads: any. `join` and `leave` once each.
final class Participants {
    /// The most that a file may have: 12 bits of a stamp.
    static final int MOST = 1 << 12;

    static final int ENTRY_BYTES = 128;

    /// Where the table begins.
    static final int OFFSET = 128;

    /// The bits of a stamp: an index above a generation of at least 1, so that no stamp is 0.
    static final int STAMP_BITS = 28;

    private static final int GENERATION_BITS = 16;
    private static final int GENERATIONS = (1 << GENERATION_BITS) - 1;

    private static final int FREE = 0;
    private static final int JOINING = 1;
    private static final int LIVE = 2;
    private static final int SWEEPING = 3;

    private static final int PID = 8;
    private static final int UID = 12;
    private static final int PID_NAMESPACE = 16;
    private static final int START_TICKS = 24;
    private static final int NAME_LENGTH = 32;
    private static final int NAME = 33;
    private static final int NAME_BYTES = 63;
    private static final int COUNTS = 96;

    /// How many counts there are.
    static final int MOST_COUNTS = 4;

    static {
        assert NAME + NAME_BYTES == COUNTS && COUNTS + MOST_COUNTS * Long.BYTES == ENTRY_BYTES : ENTRY_BYTES;
        assert OFFSET == FileHeader.BYTES : OFFSET;
    }

    private final SharedMapping memory;
    private final int fd;
    private final int count;
    private final Calls calls;
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private int stamp; // 0 before join, which writes it before others know of the file

    /// What is done about the dead.
    @FunctionalInterface
    interface Release {
        /// Releases everything whose owner is [#buried]: each by a compare-and-set of the word that names the
        /// owner, so that it may be done twice, and by two at once.
        void release();
    }

    Participants(SharedMapping memory, int fd, int count, Calls calls) {
        this.memory = memory;
        this.fd = fd;
        this.count = count;
        this.calls = calls;
    }

    /// How many bytes the table of so many has.
    static long bytes(int count) {
        return (long) count * ENTRY_BYTES;
    }

    /// Takes an entry.
    ///
    /// @param name whom to show, up to 63 bytes of UTF-8
    /// @throws SharedFileException if all are in use by the living
    void join(Identity self, int uid, String name, Release release) throws SharedFileException {
        for (boolean onlyFree : new boolean[] {true, false}) {
            for (int index = 0; index < count; index++) {
                if ((!onlyFree || stateOf(word(index)) == FREE) && lock(index)) {
                    enter(index, self, uid, name, release);
                    return;
                }
            }
        }
        throw new SharedFileException(
                SharedFileException.Problem.CROWDED, "join: participants=" + count + ", expected one that has ended");
    }

    private void enter(int index, Identity self, int uid, String name, Release release) {
        Steps.at("join.locked");
        int generation = generationOf(word(index));
        if (stateOf(word(index)) != FREE) {
            bury(index, generation, release);
        }
        set(index, JOINING, generation);
        Steps.at("join.joining");
        long at = offset(index);
        memory.putInt(at + PID, self.pid());
        memory.putInt(at + UID, uid);
        memory.putLong(at + PID_NAMESPACE, self.pidNamespace());
        memory.putLong(at + START_TICKS, self.startTicks());
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, NAME_BYTES);
        memory.putByte(at + NAME_LENGTH, (byte) length);
        memory.write(text, 0, at + NAME, length);
        Steps.at("join.written");
        int next = generation % GENERATIONS + 1;
        set(index, LIVE, next);
        stamp = index << GENERATION_BITS | next;
    }

    private void bury(int index, int generation, Release release) {
        set(index, SWEEPING, generation);
        Steps.at("sweep.marked");
        release.release();
        Steps.at("sweep.released");
    }

    /// Whether [#join] has succeeded.
    boolean hasJoined() {
        return stamp != 0;
    }

    /// Is the participant from now on that joined through another mapping of the file.
    void goOn(int joined) {
        stamp = joined;
    }

    /// Our own stamp: what the words that we own carry.
    int stamp() {
        return stamp;
    }

    /// Gives the entry back; the lock goes with the descriptor.
    void leave(Release release) {
        int index = indexOf(stamp);
        bury(index, generationOf(word(index)), release);
        set(index, FREE, generationOf(word(index)));
        Steps.at("leave.free");
    }

    /// Whether the table alone says that an owner has ended. Costs no system call, and may be late.
    boolean buried(int owner) {
        int index = indexOf(owner);
        if (index >= count) {
            return true; // nobody of this file ever had it
        }
        long word = word(index);
        return stateOf(word) != LIVE || generationOf(word) != (owner & GENERATIONS);
    }

    /// Whether an owner has ended. Up to 1 µs.
    boolean dead(int owner) {
        return owner != stamp && (buried(owner) || !held(indexOf(owner)));
    }

    /// Releases what those who died since the last time have left. Up to 1 µs for each participant.
    ///
    /// @return whether somebody had died
    boolean sweep(Release release) {
        if (!sweeping.compareAndSet(false, true)) { // pairs with the set below: one thread of this process at a time
            return false;
        }
        try {
            boolean any = false;
            for (int index = 0; index < count; index++) {
                if (index != indexOf(stamp) && stateOf(word(index)) != FREE && !held(index)) {
                    any |= sweep(index, release);
                }
            }
            return any;
        } finally {
            sweeping.set(false);
        }
    }

    private boolean sweep(int index, Release release) {
        if (!lock(index)) {
            return false; // somebody else was faster
        }
        boolean left = stateOf(word(index)) != FREE;
        if (left) {
            int generation = generationOf(word(index));
            bury(index, generation, release);
            set(index, FREE, generation);
        }
        Steps.at("sweep.free");
        unlock(index);
        return left;
    }

    /// Those in the table that have not ended, as they are shown.
    List<Entry> living() {
        List<Entry> entries = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            long word = word(index);
            int owner = index << GENERATION_BITS | generationOf(word);
            if (stateOf(word) == LIVE && !dead(owner)) {
                entries.add(entry(index, owner));
            }
        }
        return entries;
    }

    /// Those in the table who have died, and whom nobody has swept yet.
    ///
    /// Who leaves in order frees its entry before its lock goes, so what is as before when the lock has gone is
    /// of the dead.
    List<Entry> unswept() {
        List<Entry> entries = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            long word = word(index);
            int owner = index << GENERATION_BITS | generationOf(word);
            Steps.at("participants.look");
            if (stateOf(word) != FREE && !held(index) && word(index) == word) {
                entries.add(entry(index, owner));
            }
        }
        return entries;
    }

    /// One participant.
    ///
    /// @param pid its number, in its own namespace
    record Entry(int stamp, int pid, int uid, String name) {}

    private Entry entry(int index, int owner) {
        long at = offset(index);
        byte[] text = new byte[Math.min(memory.getByte(at + NAME_LENGTH) & 0xff, NAME_BYTES)];
        memory.read(at + NAME, text, 0, text.length);
        String name = new String(text, StandardCharsets.UTF_8);
        return new Entry(owner, memory.getInt(at + PID), memory.getInt(at + UID), name);
    }

    // ---- counts

    /// Adds to one of our counts.
    ///
    /// @param which 0 to 3
    void count(int which, long more) {
        // Any order will do: only sums are read; pairs with total.
        memory.getAndAddLong(offset(indexOf(stamp)) + COUNTS + (long) which * Long.BYTES, more);
    }

    /// What all have counted since the file was made.
    long total(int which) {
        long sum = 0;
        for (int index = 0; index < count; index++) {
            sum += memory.getLongOpaque(offset(index) + COUNTS + (long) which * Long.BYTES); // pairs with count
        }
        return sum;
    }

    // ---- words and locks

    private boolean lock(int index) {
        CallState state = calls.take();
        int result = FileLock.lock(state, fd, offset(index));
        calls.give(state);
        assert result == 0 || result == -Errno.EAGAIN : Errno.message("lock", "participant " + index, result);
        return result == 0;
    }

    private void unlock(int index) {
        CallState state = calls.take();
        int result = FileLock.unlock(state, fd, offset(index));
        calls.give(state);
        assert result == 0 : Errno.message("unlock", "participant " + index, result);
    }

    private boolean held(int index) {
        CallState state = calls.take();
        int result = FileLock.heldByOther(state, fd, offset(index));
        calls.give(state);
        return result != 0; // who cannot be asked about counts as alive
    }

    private long word(int index) {
        return memory.getLongVolatile(offset(index)); // pairs with the setVolatile in set
    }

    private void set(int index, int state, int generation) {
        // Releases what was written or released before; pairs with the getVolatile in word.
        memory.putLongVolatile(offset(index), (long) generation << GENERATION_BITS | state);
    }

    private static int stateOf(long word) {
        return (int) word & 0xff;
    }

    private static int generationOf(long word) {
        return (int) (word >>> GENERATION_BITS) & GENERATIONS;
    }

    private static int indexOf(int owner) {
        return owner >>> GENERATION_BITS;
    }

    private static long offset(int index) {
        return OFFSET + (long) index * ENTRY_BYTES;
    }
}
