package dev.sluice.internal.shm;

import dev.sluice.internal.strand.Strand;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedReadWriteLock;
import java.io.IOException;
import java.util.Optional;

/// A lock for readers and writers between processes.
///
///     word:   63 … 34 (0) | 33 a writer ended without releasing it | 32 entered | 31 … 28 (0) | 27 … 0 writer or 0
///     second: the fence of the last owner
///     own:    128 × | 63 … 32 how many readers | 31 … 28 (0) | 27 … 0 whose they are |      one for a participant
///
///     free ──claim──▶ claimed ──no readers──▶ entered ──leave──▶ free
///                       └──death──▶ free         └──death──▶ free, and 33 is set
///
/// A reader counts itself, and then looks whether a writer has claimed; a writer claims, and then looks at the
/// counts. So one of two who come at once sees the other. A writer that has claimed keeps readers out while it
/// waits for those that are in.
///
/// Who waits is served in no order.
///
/// Threads: any.
final class ShmReadWriteLock extends SharedWords implements SharedReadWriteLock {
    private static final long OWNER = (1L << Participants.STAMP_BITS) - 1;
    private static final long ENTERED = 1L << 32;
    private static final long DAMAGED = 1L << 33;
    private static final int COUNT_SHIFT = 32;
    private static final int INDEX_SHIFT = 16; // of a stamp
    private static final int CELLS = PARTICIPANTS;

    private final ShmSpace space;
    private final Side read = new Side(false);
    private final Side write = new Side(true);

    private ShmReadWriteLock(ShmSpace space, String name, SharedFile file) {
        super(name, file);
        this.space = space;
    }

    static ShmReadWriteLock open(ShmSpace space, SharedDirectory directory, String name) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.READ_WRITE_LOCK,
                new FileHeader.Limits(0, 0, 0, 0),
                layout((long) CELLS * Long.BYTES),
                file -> new ShmReadWriteLock(space, name, file));
    }

    @Override
    public SharedLock read() {
        return read;
    }

    @Override
    public SharedLock write() {
        return write;
    }

    // ---- readers

    private long cellAt(int index) {
        return at(OWN + (long) index * Long.BYTES);
    }

    private long cell(int index) {
        return mapping().getLongVolatile(cellAt(index)); // pairs with the compare-and-set in replaceCell
    }

    private boolean replaceCell(int index, long seen, long now) {
        // A full fence, before the look at the word; pairs with the getLongVolatile in cell.
        return mapping().compareAndSetLong(cellAt(index), seen, now);
    }

    private boolean isRead() {
        for (int index = 0; index < CELLS; index++) {
            if (cell(index) != 0) {
                return true;
            }
        }
        return false;
    }

    private boolean isClaimed() {
        return (word() & OWNER) != 0;
    }

    /// @param more 1 or -1
    private void count(int more) {
        int stamp = participants().stamp();
        int index = stamp >>> INDEX_SHIFT;
        while (true) {
            long seen = cell(index);
            long readers = ((seen & OWNER) == stamp ? seen >>> COUNT_SHIFT : 0) + more;
            assert readers >= 0 : "released by who does not have it";
            Steps.at("lock.count");
            if (replaceCell(index, seen, readers == 0 ? 0 : readers << COUNT_SHIFT | stamp)) {
                return;
            }
        }
    }

    private boolean tryRead() {
        if (isClaimed()) {
            sweepIfDead();
        }
        if (isClaimed()) {
            return false;
        }
        count(1);
        Steps.at("lock.counted");
        if (!isClaimed()) {
            return true;
        }
        stopReading(); // a writer came at the same time
        return false;
    }

    private void stopReading() {
        count(-1);
        Steps.at("lock.uncounted");
        ring();
    }

    // ---- writers

    private void sweepIfDead() {
        int writer = (int) (word() & OWNER);
        if (writer != 0 && participants().dead(writer)) {
            sweep();
        }
    }

    private boolean claim() {
        sweepIfDead();
        long now = word();
        boolean claimed =
                (now & OWNER) == 0 && replace(now, now | participants().stamp());
        if (claimed) {
            Steps.at("lock.claimed");
        }
        return claimed;
    }

    /// The writer that has claimed the lock enters it, when the readers are out.
    private boolean tryWrite() {
        if (isRead()) {
            return false;
        }
        change(0, ENTERED);
        Steps.at("lock.entered");
        return true;
    }

    private void stopWriting(long damage) {
        Steps.at("lock.leaving");
        change(OWNER | ENTERED, damage);
        Steps.at("lock.left");
        ring();
    }

    private void change(long out, long in) {
        long now = word();
        while (!replace(now, now & ~out | in)) {
            now = word();
        }
    }

    @Override
    void releaseBuried() {
        boolean any = false;
        for (int index = 0; index < CELLS; index++) {
            long seen = cell(index);
            if (seen != 0 && participants().buried((int) (seen & OWNER))) {
                any |= replaceCell(index, seen, 0);
            }
        }
        long now = word();
        int writer = (int) (now & OWNER);
        if (writer != 0 && participants().buried(writer)) {
            long damage = (now & ENTERED) != 0 ? DAMAGED : 0;
            any |= replace(now, now & ~(OWNER | ENTERED) | damage);
        }
        if (any) {
            ring();
        }
    }

    // ---- sides

    /// One side of the lock.
    ///
    /// Threads: any.
    private final class Side implements SharedLock {
        private final boolean exclusive;

        Side(boolean exclusive) {
            this.exclusive = exclusive;
        }

        @Override
        public String name() {
            return ShmReadWriteLock.this.name();
        }

        @Override
        public Held acquire() {
            requireNotHeld();
            Strand.current().checkpoint();
            if (exclusive) {
                acquireWrite();
            } else {
                while (!mapped(ShmReadWriteLock.this::tryRead)) {
                    await(() -> !isClaimed());
                }
            }
            return new Possession(exclusive);
        }

        private void acquireWrite() {
            while (!mapped(ShmReadWriteLock.this::claim)) {
                await(() -> !isClaimed());
            }
            boolean entered = false;
            try {
                while (!mapped(ShmReadWriteLock.this::tryWrite)) {
                    await(() -> !isRead());
                }
                entered = true;
            } finally {
                if (!entered && !isClosed()) {
                    giveUp();
                }
            }
        }

        private void giveUp() {
            mapped(() -> {
                stopWriting(0);
                return this;
            });
        }

        @Override
        public Optional<Held> tryAcquire() {
            requireNotHeld();
            boolean entered = mapped(exclusive ? this::tryWriteAtOnce : ShmReadWriteLock.this::tryRead);
            return entered ? Optional.of(new Possession(exclusive)) : Optional.empty();
        }

        private boolean tryWriteAtOnce() {
            if (isRead() || !claim()) {
                return false;
            }
            boolean entered = tryWrite();
            if (!entered) {
                stopWriting(0);
            }
            return entered;
        }

        private void requireNotHeld() {
            if (Leases.anyOfCurrent(space, node -> node instanceof Possession own && own.isOf(ShmReadWriteLock.this))) {
                throw new IllegalStateException(
                        "acquire " + ShmReadWriteLock.this + ": held by the caller, expected somebody else");
            }
        }

        @Override
        public String toString() {
            return (exclusive ? "" : "read ") + ShmReadWriteLock.this;
        }
    }

    /// A side while a task has it.
    ///
    /// Threads: the owner; `lose` whoever ends its task.
    private final class Possession extends Leases.Node implements SharedLock.Held {
        private final Leases leases = Leases.ofCurrent(space);
        private final boolean exclusive;
        private final long fence;
        private boolean recovered;
        private volatile boolean released; // pairs with the read in repaired; set before it is

        Possession(boolean exclusive) {
            this.exclusive = exclusive;
            // Any order will do: who is exclusive is alone; pairs with itself.
            this.fence = mapped(() -> mapping().getAndAddLong(at(SECOND), 1) + 1);
            this.recovered = (mapped(ShmReadWriteLock.this::word) & DAMAGED) != 0;
            leases.add(this);
        }

        boolean isOf(ShmReadWriteLock lock) {
            return lock == ShmReadWriteLock.this;
        }

        @Override
        public boolean recovered() {
            return recovered;
        }

        @Override
        public void repaired() {
            if (released) {
                throw new IllegalStateException("repair " + ShmReadWriteLock.this + ": not held, expected the owner");
            }
            mapped(() -> {
                change(DAMAGED, 0);
                return this;
            });
            recovered = false;
        }

        @Override
        public long fence() {
            return fence;
        }

        @Override
        void lose() {
            giveBack(DAMAGED);
        }

        private void giveBack(long damage) {
            released = true;
            if (isClosed()) {
                return; // it was taken back
            }
            mapped(() -> {
                if (exclusive) {
                    stopWriting(damage);
                } else {
                    stopReading();
                }
                return this;
            });
        }

        @Override
        public void close() {
            if (leases.remove(this)) {
                giveBack(0);
            }
        }

        @Override
        public String toString() {
            return ShmReadWriteLock.this + ", held";
        }
    }
}
