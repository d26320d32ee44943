package dev.sluice.internal.shm;

import dev.sluice.internal.strand.Strand;
import dev.sluice.space.sync.SharedLock;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A lock between processes.
///
///     word:   63 … 33 (0) | 32 an owner ended without releasing it | 31 … 28 (0) | 27 … 0 whose it is, or 0
///     second: the fence of its last owner
///
///     free ──enter──▶ owned ──leave──▶ free
///                       └──its task ends, or its process──▶ free, and 32 is set
///
/// Who waits is served in no order. All strands of one opening have one stamp, so the word keeps them out from
/// each other, too.
///
/// Threads: any.
final class ShmLock extends SharedWords implements SharedLock {
    private static final long OWNER = (1L << Participants.STAMP_BITS) - 1;
    private static final long DAMAGED = 1L << 32;

    private final ShmSpace space;

    private volatile @Nullable Strand owner; // whoever has the lock, for itself; pairs with its own read

    /// @param base where it begins in the file
    ShmLock(ShmSpace space, String name, SharedFile file, long base) {
        super(name, file, base);
        this.space = space;
    }

    static ShmLock open(ShmSpace space, SharedDirectory directory, String name) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.LOCK,
                new FileHeader.Limits(0, 0, 0, 0),
                layout(0),
                file -> new ShmLock(space, name, file, file.body()));
    }

    @Override
    public Held acquire() {
        requireNotHeld();
        Ownership made = new Ownership();
        enter(made);
        return made;
    }

    private void enter(Ownership made) {
        Strand.current().checkpoint();
        while (!mapped(this::tryEnter)) {
            await(() -> (word() & OWNER) == 0);
        }
        made.begin();
    }

    @Override
    public Optional<Held> tryAcquire() {
        requireNotHeld();
        if (!mapped(this::tryEnter)) {
            return Optional.empty();
        }
        Ownership made = new Ownership();
        made.begin();
        return Optional.of(made);
    }

    private void requireNotHeld() {
        if (owner == Strand.current()) {
            throw new IllegalStateException("acquire " + this + ": held by the caller, expected somebody else");
        }
    }

    /// Takes the lock, if it is free or a dead one's.
    boolean tryEnter() {
        long now = word();
        int other = (int) (now & OWNER);
        if (other != 0) {
            if (!participants().dead(other)) {
                return false;
            }
            sweep();
            now = word();
        }
        boolean entered =
                (now & OWNER) == 0 && replace(now, now | participants().stamp());
        if (entered) {
            Steps.at("lock.entered");
        }
        return entered;
    }

    /// Gives the lock back, if it is ours.
    ///
    /// @param damage [#DAMAGED] or 0
    void leave(long damage) {
        owner = null;
        mapped(() -> {
            long now = word();
            assert (now & OWNER) == participants().stamp() : "released by who does not have it";
            Steps.at("lock.leaving");
            while (!replace(now, now & ~OWNER | damage)) {
                now = word();
            }
            Steps.at("lock.left");
            ring();
            return this;
        });
    }

    @Override
    void releaseBuried() {
        long now = word();
        int gone = (int) (now & OWNER);
        if (gone != 0 && participants().buried(gone) && replace(now, now & ~OWNER | DAMAGED)) {
            ring();
        }
    }

    /// The lock while a task has it.
    ///
    /// Threads: the owner; `lose` whoever ends its task.
    final class Ownership extends Leases.Node implements Held {
        private final Leases leases = Leases.ofCurrent(space);
        private boolean recovered;
        private long fence;

        private void begin() {
            owner = Strand.current();
            // Only the owner writes it; pairs with the compare-and-sets of the word.
            fence = mapped(() -> mapping().getAndAddLong(at(SECOND), 1) + 1);
            recovered = mapped(() -> (word() & DAMAGED) != 0);
            leases.add(this);
        }

        @Override
        public boolean recovered() {
            return recovered;
        }

        @Override
        public void repaired() {
            requireHeld();
            mapped(() -> {
                for (long now = word(); (now & DAMAGED) != 0; now = word()) {
                    replace(now, now & ~DAMAGED);
                }
                return this;
            });
            recovered = false;
        }

        @Override
        public long fence() {
            return fence;
        }

        ShmSpace space() {
            return space;
        }

        /// @throws IllegalStateException if the lock is not held
        void requireHeld() {
            if (owner != Strand.current()) {
                throw new IllegalStateException("use " + ShmLock.this + ": not held, expected its owner");
            }
        }

        /// Waits for the lock again after [#close], cancelled or not.
        void enterAgain() {
            dev.sluice.task.CancelScope.shield(() -> enter(this));
        }

        @Override
        void lose() {
            giveBack(DAMAGED);
        }

        private void giveBack(long damage) {
            if (!isClosed()) { // else it was taken back
                leave(damage);
            }
        }

        @Override
        public void close() {
            if (leases.remove(this)) {
                giveBack(0);
            }
        }

        @Override
        public String toString() {
            return ShmLock.this + ", held";
        }
    }
}
