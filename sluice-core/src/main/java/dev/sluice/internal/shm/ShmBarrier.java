package dev.sluice.internal.shm;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.strand.Strand;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedBarrier;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/// A barrier between processes.
///
///     word: 63 … 32 round | 31 … 13 how many left it early, or died | 12 broken | 11 … 0 by which participant
///     own:  | 64 × outcome | 128 × (length, text: why it was broken) | a cell for each party |
///     cell: 63 … 32 round | 31 … 28 state | 27 … 0 the party's stamp
///
///     FREE, or of a past round ──arrive──▶ TAKEN ──its wait is cancelled, or death──▶ LEAVING ──▶ FREE
///
/// The round is complete when all cells are `TAKEN` in it, by the living: whoever sees that makes the word that
/// of the next round, if it is as it was before the look. Who leaves early, or takes a dead one out, first
/// takes its cell out of the look, and then changes the word; if that is of a later round by then, it was seen,
/// and has arrived after all. Cells of past rounds are free without a change, but not for who is late to that
/// round.
///
/// A round that is reset is broken first; its outcome says so to those who come to look later.
///
/// Threads: any. `breaking` lets one strand of this opening write why.
final class ShmBarrier extends SharedWords implements SharedBarrier {
    private static final int MOST = 4096;
    private static final int NONE = -1;

    private static final int ROUND_SHIFT = 32;
    private static final long ONE_LEFT = 1L << 13;
    private static final long LEFT_MASK = 0xffff_ffffL;
    private static final long BROKEN = 1L << 12;
    private static final int BREAKER_MASK = PARTICIPANTS - 1;
    private static final int INDEX_SHIFT = 16; // of a stamp

    private static final int FREE = 0;
    private static final int TAKEN = 1;
    private static final int LEAVING = 2;

    private static final int OUTCOMES = 64;
    private static final int RESET = 1;
    private static final int REASON_BYTES = 72;
    private static final int MOST_REASON = 64;
    private static final long REASONS = OWN + (long) OUTCOMES * Long.BYTES;
    private static final long CELLS = REASONS + (long) PARTICIPANTS * REASON_BYTES;

    private static final SharedFile.Layout LAYOUT =
            (SharedFile.ZeroLayout) limits -> CELLS + checked(limits.p0()) * Long.BYTES;

    private final int parties;
    private final ReentrantLock breaking = new ReentrantLock(); // of strands; held without a wait

    private ShmBarrier(String name, SharedFile file) {
        super(name, file);
        this.parties = (int) file.header().limits().p0();
    }

    private static long checked(long parties) {
        if (parties < 1 || parties > MOST) {
            throw new IllegalArgumentException("barrier: parties=" + parties + ", expected 1.." + MOST);
        }
        return parties;
    }

    static ShmBarrier open(SharedDirectory directory, String name, int parties) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.BARRIER,
                new FileHeader.Limits(checked(parties), 0, 0, 0),
                LAYOUT,
                file -> new ShmBarrier(name, file));
    }

    /// @throws SpaceException `MISMATCH` if there are more or fewer
    ShmBarrier requireParties(int asked) {
        if (asked != parties) {
            throw new SpaceException(
                    Problem.MISMATCH,
                    "open " + this + ": parties=" + asked + ", expected " + parties + " as it was made");
        }
        return this;
    }

    @Override
    public int parties() {
        return parties;
    }

    // ---- words

    private static int roundOf(long word) {
        return (int) (word >>> ROUND_SHIFT);
    }

    private static boolean isBroken(long word) {
        return (word & BROKEN) != 0;
    }

    private long cellAt(int place) {
        return at(CELLS + (long) place * Long.BYTES);
    }

    private long cell(int place) {
        return mapping().getLongVolatile(cellAt(place)); // pairs with the compare-and-set in replaceCell
    }

    private boolean replaceCell(int place, long seen, long now) {
        return mapping().compareAndSetLong(cellAt(place), seen, now); // pairs with the getLongVolatile in cell
    }

    /// Whether a cell may be taken in a round. One of a later round may not: whoever is late would take an
    /// arrival away.
    private static boolean isOpen(long cell, int round) {
        int ahead = Slots.lapOf(cell) - round;
        return ahead < 0 || ahead == 0 && Slots.stateOf(cell) == FREE;
    }

    private boolean mayTake(int round) {
        for (int place = 0; place < parties; place++) {
            if (isOpen(cell(place), round)) {
                return true;
            }
        }
        return false;
    }

    /// @return the place, or [#NONE]
    private int take(int round) {
        Steps.at("barrier.take");
        for (int place = 0; place < parties; place++) {
            long cell = cell(place);
            if (isOpen(cell, round)
                    && replaceCell(
                            place, cell, Slots.word(round, TAKEN, participants().stamp()))) {
                Steps.at("barrier.arrived");
                return place;
            }
        }
        return NONE;
    }

    /// Whether all have arrived, and none of them has died. Up to 1 µs for each process.
    private boolean areAllThere(int round) {
        for (int place = 0; place < parties; place++) {
            if (!isTaken(cell(place), round)) {
                return false;
            }
        }
        int living = participants().stamp();
        for (int place = 0; place < parties; place++) {
            long cell = cell(place);
            int owner = Slots.ownerOf(cell);
            if (owner != living && isTaken(cell, round) && participants().dead(owner)) {
                sweep(); // or somebody else does: its cell becomes free
                return false;
            }
            living = owner;
        }
        return true;
    }

    private static boolean isTaken(long cell, int round) {
        return Slots.lapOf(cell) == round && Slots.stateOf(cell) == TAKEN;
    }

    private void completeIfAllAreThere(int round) {
        for (long now = word(); roundOf(now) == round && !isBroken(now); now = word()) {
            if (!areAllThere(round)) {
                return;
            }
            Steps.at("barrier.complete");
            if (replace(now, (long) (round + 1) << ROUND_SHIFT)) {
                Steps.at("barrier.completed");
                ring();
            }
        }
    }

    /// Whether a past round was reset. It counts as reset, too, when a later one that has its place among the
    /// outcomes was: who was stopped for so long is not told that all had come.
    private boolean wasReset(int round) {
        long at = at(OWN + (long) (round & OUTCOMES - 1) * Long.BYTES);
        long outcome = mapping().getLongVolatile(at); // pairs with the putLongVolatile in reset
        return ((int) outcome & RESET) != 0 && roundOf(outcome) - round >= 0;
    }

    // ---- parties

    @Override
    public int await() {
        Strand.current().checkpoint();
        while (true) {
            long before = mapped(this::word);
            int round = roundOf(before);
            requireWhole(before);
            int place = mapped(() -> take(round));
            if (place == NONE) { // all are there, or one is leaving
                mapped(() -> completed(round));
                await(() -> word() != before || mayTake(round));
                continue;
            }
            boolean passed = mapped(() -> completed(round));
            if (passed && mapped(() -> wasReset(round))) {
                continue; // before the wait has begun
            }
            return passed ? place : arrived(round, place);
        }
    }

    private boolean completed(int round) {
        completeIfAllAreThere(round);
        return roundOf(word()) != round;
    }

    private int arrived(int round, int place) {
        try {
            await(() -> roundOf(word()) != round || isBroken(word()));
        } catch (CancelledException cancelled) {
            if (!mapped(() -> leave(round, place))) {
                throw cancelled;
            }
        }
        long now = mapped(this::word);
        if (roundOf(now) == round) {
            requireWhole(now);
        }
        if (mapped(() -> wasReset(round))) {
            throw broken("reset");
        }
        return place;
    }

    /// @return true if the round was complete before
    private boolean leave(int round, int place) {
        long mine = Slots.word(round, TAKEN, participants().stamp());
        long leaving = Slots.word(round, LEAVING, participants().stamp());
        if (!replaceCell(place, mine, leaving)) {
            return true; // it is another round's by now
        }
        Steps.at("barrier.leaving");
        if (!countLeft(round)) {
            return true;
        }
        Steps.at("barrier.left");
        replaceCell(place, leaving, Slots.word(round, FREE, 0));
        ring();
        return false;
    }

    /// Makes who has seen that all are there look again.
    ///
    /// @return false if the round is over
    private boolean countLeft(int round) {
        for (long now = word(); roundOf(now) == round; now = word()) {
            // The count goes around within its own bits.
            long next = now & ~LEFT_MASK | now + ONE_LEFT & LEFT_MASK;
            if (replace(now, next)) {
                return true;
            }
        }
        return false;
    }

    // ---- breaking

    private SpaceException broken(String why) {
        return new SpaceException(Problem.BROKEN, "await " + this + ": " + why);
    }

    private void requireWhole(long seen) {
        for (long now = seen; isBroken(now); now = mapped(this::word)) {
            long at = at(REASONS + (now & BREAKER_MASK) * REASON_BYTES);
            String why = mapped(() -> {
                byte[] text = new byte[Math.clamp(mapping().getInt(at), 0, MOST_REASON)];
                mapping().read(at + Long.BYTES, text, 0, text.length);
                return new String(text, StandardCharsets.UTF_8);
            });
            VarHandle.loadLoadFence(); // the text before the word again; pairs with the replace in breakIt
            if (mapped(this::word) == now) {
                throw broken(why);
            }
        }
    }

    @Override
    public boolean abort(String why) {
        breaking.lock();
        try {
            return mapped(() -> breakIt(why));
        } finally {
            breaking.unlock();
        }
    }

    private boolean breakIt(String why) {
        int own = participants().stamp() >>> INDEX_SHIFT;
        while (true) {
            long now = word();
            if (isBroken(now)) {
                return false;
            }
            byte[] text = why.getBytes(StandardCharsets.UTF_8);
            byte[] brief = Arrays.copyOf(text, Math.min(text.length, MOST_REASON));
            long at = at(REASONS + (long) own * REASON_BYTES);
            mapping().putInt(at, brief.length);
            mapping().write(brief, 0, at + Long.BYTES, brief.length);
            Steps.at("barrier.break");
            if (replace(now, now & ~(long) BREAKER_MASK | BROKEN | own)) {
                Steps.at("barrier.broken");
                ring();
                return true;
            }
        }
    }

    @Override
    public void reset() {
        abort("reset"); // from here on the round is not completed
        mapped(() -> {
            long broken = word();
            int round = roundOf(broken);
            if (isBroken(broken)) {
                long at = at(OWN + (long) (round & OUTCOMES - 1) * Long.BYTES);
                // Before the word of the next round; pairs with the getLongVolatile in wasReset.
                mapping().putLongVolatile(at, (long) round << ROUND_SHIFT | RESET);
                Steps.at("barrier.reset");
                endBroken(round);
                ring();
            }
            return this;
        });
    }

    /// Others may mend it, too, or count who has left meanwhile.
    private void endBroken(int round) {
        for (long now = word(); isBroken(now) && roundOf(now) == round; now = word()) {
            if (replace(now, (long) (round + 1) << ROUND_SHIFT)) {
                return;
            }
        }
    }

    // ---- the end

    @Override
    void releaseBuried() {
        boolean any = false;
        for (int place = 0; place < parties; place++) {
            any |= releaseIfBuried(place);
        }
        if (any) {
            ring();
        }
    }

    /// A cell of a round that is over stays as it is, lest one who is late to that round takes it.
    private boolean releaseIfBuried(int place) {
        long cell = cell(place);
        int round = Slots.lapOf(cell);
        int owner = Slots.ownerOf(cell);
        if (Slots.stateOf(cell) == FREE
                || roundOf(word()) != round
                || !participants().buried(owner)) {
            return false;
        }
        long leaving = Slots.word(round, LEAVING, owner);
        if (cell != leaving && !replaceCell(place, cell, leaving)) {
            return false; // somebody else is at it
        }
        Steps.at("barrier.releasing");
        return countLeft(round) && replaceCell(place, leaving, Slots.word(round, FREE, 0));
    }

    /// Waits for who writes why right now: when we have left, our place is another's.
    @Override
    void closing() {
        breaking.lock();
        try {
            assert isClosed() : "another reason may be written";
        } finally {
            breaking.unlock();
        }
    }
}
