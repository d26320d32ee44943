package dev.sluice.internal.loop;

import dev.sluice.internal.poll.Poller;
import dev.sluice.observe.LoopStatistics;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What a loop does and has done: its counters, and the trace that the stall watch follows.
///
/// Threads: written by the loop thread. The watch reads `resumes`, opaquely; everybody may read
/// the counters, which are approximate while the loop runs.
final class Progress {
    private static final VarHandle RESUMES;

    static {
        try {
            var lookup = MethodHandles.lookup();
            RESUMES = lookup.findVarHandle(Progress.class, "resumes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long resumes; // loop thread, through RESUMES

    // Loop thread; read racily by statistics().
    long received;
    long timersFired;
    long sleeps;
    long completions;
    private long slices;
    private long slicesCut;
    private long busyNanos;
    private long longestSliceNanos;
    private long starvedNanos;
    long stalls; // the stall watch

    void resuming() {
        // Opaque, not ordered: the watch compares two looks, a few milliseconds apart; pairs with the read in
        // resumes.
        RESUMES.setOpaque(this, resumes + 1);
    }

    /// @param cut whether others had to wait because the slice ended
    void ran(long nanos, boolean cut) {
        slices++;
        busyNanos += nanos;
        longestSliceNanos = Math.max(longestSliceNanos, nanos);
        if (cut) {
            slicesCut++;
        }
        // What timers and I/O waited beyond the slice that they were promised.
        if (nanos > EventLoop.SLICE_NANOS) {
            starvedNanos += nanos - EventLoop.SLICE_NANOS;
        }
    }

    long resumes() {
        // Pairs with the write in resuming.
        return (long) RESUMES.getOpaque(this);
    }

    LoopStatistics statistics(int index, int ready, long timers, Poller poller) {
        return new LoopStatistics(
                index,
                poller.name(),
                new LoopStatistics.Now(ready, timers, poller.inFlight()),
                new LoopStatistics.Totals(
                        resumes(), received, timersFired, sleeps, completions, slices, slicesCut, stalls),
                new LoopStatistics.Times(busyNanos, longestSliceNanos, starvedNanos));
    }
}
