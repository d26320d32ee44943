package dev.sluice.internal.shm;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Strand;
import dev.sluice.time.Clock;
import java.util.function.BooleanSupplier;

/// How long to look before sleeping: a wake costs ten to two hundred times what it takes another processor to
/// hand over.
///
/// Looks that end well make the next ones longer, up to [#MOST_NANOS]; those in vain make them shorter. A
/// coroutine looks only while its loop has nothing else to do.
///
/// Threads: any; the limit is a guess, and races about it do no harm.
final class WaitSpin {
    private static final long MOST_NANOS = 20_000;
    private static final long LEAST_NANOS = 500;
    private static final int LOOKS_PER_CLOCK = 16;
    private static final boolean PARALLEL = Runtime.getRuntime().availableProcessors() > 1;

    private static final Clock CLOCK = Clock.system();

    private long limit = MOST_NANOS / 2;

    /// Looks a while.
    ///
    /// @return whether it is open
    boolean look(Strand strand, BooleanSupplier open) {
        EventLoop loop = strand.loop();
        if (!PARALLEL || loop != null && (loop.simulated() || !loop.idle())) {
            return false;
        }
        long most = limit;
        long start = CLOCK.nanoTime();
        long spent;
        do {
            for (int i = 0; i < LOOKS_PER_CLOCK; i++) {
                if (open.getAsBoolean()) {
                    limit = Math.min(2 * most, MOST_NANOS);
                    return true;
                }
                Thread.onSpinWait();
            }
            spent = CLOCK.nanoTime() - start;
        } while (spent < most);
        limit = Math.max(most / 2, LEAST_NANOS);
        return false;
    }
}
