package dev.sluice.internal.strand;

import dev.sluice.internal.loop.IdleSpin;
import dev.sluice.time.Clock;
import java.util.concurrent.locks.LockSupport;

/// What waits on a thread that is not ours; it gets its strand when it first waits.
///
/// Threads: as those of a strand.
final class ForeignStrand extends Strand {
    private static final ThreadLocal<Strand> OF_THREAD =
            ThreadLocal.withInitial(() -> new ForeignStrand(Thread.currentThread()));

    private final Clock clock = Clock.system();
    private final IdleSpin spin; // the strand only

    private ForeignStrand(Thread thread) {
        super(thread);
        // A virtual thread would keep its carrier from others.
        spin = new IdleSpin(clock, !thread.isVirtual() && IdleSpin.PARALLEL);
    }

    static Strand ofCurrentThread() {
        return OF_THREAD.get();
    }

    @Override
    public boolean hasEnded() {
        return !thread().isAlive();
    }

    @Override
    boolean lookElsewhere(IdleSpin.Wait wait, long token) {
        return spin.look(wait, token, null);
    }

    @Override
    void sleep() {
        long start = clock.nanoTime();
        LockSupport.park(this);
        spin.slept(clock.nanoTime() - start, true);
    }
}
