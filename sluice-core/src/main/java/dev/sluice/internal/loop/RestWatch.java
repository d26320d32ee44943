package dev.sluice.internal.loop;

import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.time.Clock;
import java.util.List;

/// Has somebody look why, when loops have resumed nobody for a while.
///
/// Threads: that of the stall watch.
final class RestWatch {
    /// How long nobody was resumed, so that a program that only pauses is not looked at.
    private static final long REST_NANOS = 1_000_000_000;

    /// A look may take so much of the time: where a million tasks rest again and again, looks are rarer.
    private static final long SHARE = 100;

    /// Long enough after any look; a slow one may only have been in want of a CPU.
    private static final long MOST_NANOS = 20_000_000_000L;

    private final List<EventLoop> loops;
    private final Runnable look;
    private long resumes = -1;
    private long since;
    private long notBefore;
    private boolean looked;

    /// Loops that do not schedule their coroutines do not see them being resumed: a look shows how things stand
    /// once, not for ever.
    private final boolean blind;

    RestWatch(List<EventLoop> loops, Runnable look) {
        this.loops = loops;
        this.look = look;
        this.blind = !loops.getFirst().confined();
        this.notBefore = Clock.system().nanoTime();
    }

    void look() {
        long now = Clock.system().nanoTime();
        long sum = 0;
        for (EventLoop loop : loops) {
            sum += loop.progress.resumes();
        }
        if (sum != resumes) {
            resumes = sum;
            since = now;
            looked = false;
        } else if ((blind || !looked) && now - since >= REST_NANOS && now - notBefore >= 0) {
            looked = true;
            lookNow();
            long end = Clock.system().nanoTime();
            notBefore = end + Math.clamp(SHARE * (end - now), REST_NANOS, MOST_NANOS);
        }
    }

    private void lookNow() {
        try {
            look.run();
        } catch (Throwable failure) {
            Reports.publish(
                    new Report.UnobservedFailure("watch of " + loops.getFirst().name(), failure));
        }
    }
}
