package dev.sluice.internal.shm;

import dev.sluice.internal.strand.Strand;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedSemaphore;
import dev.sluice.sync.Hold;
import java.io.IOException;
import java.util.Optional;

/// Permits between processes: each is a word that says whose it is, or 0. The first limit in the header is how
/// many there are. Who waits is served in no order.
///
/// Threads: any.
final class ShmSemaphore extends SharedWords implements SharedSemaphore {
    private static final int MOST = 4096;
    private static final int NONE = -1;

    private static final SharedFile.Layout LAYOUT =
            (SharedFile.ZeroLayout) limits -> OWN + checked(limits.p0()) * Long.BYTES;

    private final ShmSpace space;
    private final int permits;

    private ShmSemaphore(ShmSpace space, String name, SharedFile file) {
        super(name, file);
        this.space = space;
        this.permits = (int) file.header().limits().p0();
    }

    private static long checked(long permits) {
        if (permits < 1 || permits > MOST) {
            throw new IllegalArgumentException("semaphore: permits=" + permits + ", expected 1.." + MOST);
        }
        return permits;
    }

    static ShmSemaphore open(ShmSpace space, SharedDirectory directory, String name, int permits) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.SEMAPHORE,
                new FileHeader.Limits(checked(permits), 0, 0, 0),
                LAYOUT,
                file -> new ShmSemaphore(space, name, file));
    }

    /// @throws SpaceException `MISMATCH` if there are more or fewer
    ShmSemaphore requirePermits(int asked) {
        if (asked != permits) {
            throw new SpaceException(
                    Problem.MISMATCH,
                    "open " + this + ": permits=" + asked + ", expected " + permits + " as it was made");
        }
        return this;
    }

    @Override
    public int permits() {
        return permits;
    }

    @Override
    public int available() {
        return mapped(this::free);
    }

    private int free() {
        int free = 0;
        for (int index = 0; index < permits; index++) {
            if (cell(index) == 0) {
                free++;
            }
        }
        return free;
    }

    private long cell(int index) {
        return mapping().getLongVolatile(offset(index)); // pairs with the compare-and-sets below
    }

    private long offset(int index) {
        return at(OWN + (long) index * Long.BYTES);
    }

    @Override
    public Hold acquire() {
        Strand.current().checkpoint();
        int taken = mapped(this::tryTake);
        if (taken == NONE) {
            mapped(() -> {
                sweep(); // somebody may have died with one
                return this;
            });
        }
        while (taken == NONE) {
            await(() -> free() > 0);
            taken = mapped(this::tryTake);
        }
        return new Permit(taken);
    }

    @Override
    public Optional<Hold> tryAcquire() {
        int taken = mapped(this::tryTake);
        return taken == NONE ? Optional.empty() : Optional.of(new Permit(taken));
    }

    private int tryTake() {
        for (int index = 0; index < permits; index++) {
            // Pairs with the getLongVolatile in cell.
            if (cell(index) == 0
                    && mapping()
                            .compareAndSetLong(offset(index), 0, participants().stamp())) {
                Steps.at("semaphore.taken");
                return index;
            }
        }
        return NONE;
    }

    private void giveBack(int index) {
        mapped(() -> {
            Steps.at("semaphore.giving");
            // Pairs with the getLongVolatile in cell.
            boolean mine =
                    mapping().compareAndSetLong(offset(index), participants().stamp(), 0);
            assert mine : "a permit was given back by who does not have it";
            Steps.at("semaphore.given");
            ring();
            return this;
        });
    }

    @Override
    void releaseBuried() {
        boolean any = false;
        for (int index = 0; index < permits; index++) {
            long gone = cell(index);
            if (gone != 0 && participants().buried((int) gone)) {
                // Pairs with the getLongVolatile in cell.
                any |= mapping().compareAndSetLong(offset(index), gone, 0);
            }
        }
        if (any) {
            ring();
        }
    }

    private final class Permit extends Leases.Node implements Hold {
        private final Leases leases = Leases.ofCurrent(space);
        private final int index;

        Permit(int index) {
            this.index = index;
            leases.add(this);
        }

        @Override
        void lose() {
            if (!isClosed()) { // else it was taken back
                giveBack(index);
            }
        }

        @Override
        public void close() {
            if (leases.remove(this)) {
                lose();
            }
        }
    }
}
