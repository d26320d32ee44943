package dev.sluice.internal.loop;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.LinuxSupport;
import dev.sluice.internal.linux.Sched;
import dev.sluice.time.Clock;
import org.jspecify.annotations.Nullable;

/// Lets others run on the processor of a thread that looks for the end of its wait.
///
/// If it waits for one of them, that ends the wait for two changes of threads. To sleep there is dearer than
/// anywhere else: who wakes a thread of its own processor is often stopped in its favour at once, so two threads
/// that wake each other change places, with a sleep and a wake-up, for each value.
///
/// A stranger, however, keeps the processor for its time slice, some milliseconds. So there is a budget: strangers
/// take from it, sleeps that were spared add to it, and so does time, a little. While it is used up the thread
/// does not give way.
///
/// Threads: the one that looks, mounted coroutines included.
final class GiveWay {
    /// The budget at first, and at most: a few time slices.
    static final long MOST_NANOS = 10_000_000;

    /// The part of all time that strangers get, at most, where nothing is spared.
    static final int ONE_PART_OF = 16;

    /// Others have run: without any the call takes less, and with a partner hardly more.
    static final long OTHERS_NANOS = 1_500;

    /// Strangers have run: a partner has filled or emptied a buffer sooner.
    static final long STRANGERS_NANOS = 50_000;

    /// What a sleep that is spared would have cost.
    static final long SPARED_NANOS = IdleSpin.LIMIT_NANOS;

    private static final boolean MOUNTED_TOO = LinuxSupport.callsRefused() == null;

    static {
        if (MOUNTED_TOO) {
            Sched.yield(new CallState()); // loads its class: a loop may have no descriptor left to do so
        }
    }

    private final Clock clock;
    private final @Nullable Runnable others; // what stands for them in a test
    private @Nullable CallState calls; // if it was needed
    private long budget = MOST_NANOS;
    private long asOf; // when time last added to the budget

    GiveWay(Clock clock) {
        this(clock, null);
    }

    /// @param others what runs instead of those who wait for the processor
    GiveWay(Clock clock, @Nullable Runnable others) {
        this.clock = clock;
        this.others = others;
        this.asOf = clock.nanoTime();
    }

    /// Lets others run, within the budget.
    ///
    /// @param now the time
    /// @return whether some have run, and not for long
    boolean within(long now) {
        budget = Math.min(budget + (now - asOf) / ONE_PART_OF, MOST_NANOS);
        asOf = now;
        if (budget <= 0) {
            return false;
        }
        letOthersRun();
        long took = clock.nanoTime() - now;
        if (took >= STRANGERS_NANOS) {
            budget -= took;
        }
        return took >= OTHERS_NANOS && took < STRANGERS_NANOS;
    }

    /// The wait was over when those had run.
    void spared() {
        budget = Math.min(budget + SPARED_NANOS, MOST_NANOS);
    }

    private void letOthersRun() {
        if (others != null) {
            others.run();
        } else if (MOUNTED_TOO) {
            CallState mine = calls;
            if (mine == null) {
                mine = new CallState();
                calls = mine;
            }
            Sched.yield(mine);
        } else if (!Thread.currentThread().isVirtual()) {
            Thread.yield();
        }
    }
}
