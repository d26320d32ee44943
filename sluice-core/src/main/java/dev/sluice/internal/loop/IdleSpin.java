package dev.sluice.internal.loop;

import dev.sluice.time.Clock;
import org.jspecify.annotations.Nullable;

/// Whether a thread with nothing to do looks for work a while before it sleeps.
///
/// To be woken costs two system calls and the scheduler's delay, some 10 µs. When two threads hand values to
/// and fro, the next one comes within less than that, and a coroutine that waits need not even leave its loop's
/// thread. So waits that other threads ended soon earn credit, and with credit there is a look, of
/// [#LIMIT_NANOS] at most. A wait that was long costs more than a short one earns: a loop that is idle, or
/// waits for I/O, sleeps at once. Never to look for longer than a sleep costs is the rule of the competitive
/// lock (Karlin, Li, Manasse, Owicki: "Empirical Studies of Competitive Spinning for a Shared-Memory
/// Multiprocessor", SOSP 1991).
///
/// Two threads that the system has put on one processor would each keep the other from running: so who looks
/// gives way, again and again ([GiveWay]), and at once if that was what helped the last time. Where it is no
/// use, each look in vain doubles the number of short sleeps before the next one, and each that pays halves it.
///
/// Threads: the one whose sleep it is, mounted coroutines included.
public final class IdleSpin {
    /// How long one look lasts at most; timers and I/O of the thread wait as long. A little more than it takes
    /// to wake a thread on a processor that is idle: if both look for less, each gives up just before the other
    /// is awake, and so for ever.
    static final long LIMIT_NANOS = 25_000;

    /// A sleep that a look could have spared.
    static final long SHORT_NANOS = 2 * LIMIT_NANOS;

    private static final int LOOKS_AT_ONCE = 16; // before others get the processor

    /// Whether others run while a thread looks.
    public static final boolean PARALLEL = Runtime.getRuntime().availableProcessors() > 1;

    private final Clock clock;
    private final boolean possible;
    private final GiveWay giveWay;
    private final LookCredit credit = new LookCredit(0);
    private boolean othersHelped; // the last look that paid did so because others ran meanwhile, on this processor

    /// What may end while somebody looks.
    public interface Wait {
        /// Whether the wait `token` has ended.
        boolean over(long token);
    }

    /// @param possible whether time passes while this thread looks, and others run
    public IdleSpin(Clock clock, boolean possible) {
        this(clock, possible, new GiveWay(clock));
    }

    IdleSpin(Clock clock, boolean possible, GiveWay giveWay) {
        this.clock = clock;
        this.possible = possible;
        this.giveWay = giveWay;
    }

    /// Whether to look now.
    boolean pays() {
        return credit.left() && !credit.spent();
    }

    /// Looks a while, if that pays.
    ///
    /// @param inbox what ends the look in vain, too
    /// @return whether the wait has ended
    public boolean look(Wait wait, long token, @Nullable Inbox inbox) {
        if (!pays()) {
            return false;
        }
        long start = clock.nanoTime();
        int atOnce = othersHelped ? 1 : LOOKS_AT_ONCE;
        boolean othersRan = false;
        while (true) {
            for (int look = 0; look < atOnce; look++) {
                if (wait.over(token)) {
                    paid(othersRan);
                    return true;
                }
                if (inbox != null && inbox.hasWork()) {
                    return false;
                }
                Thread.onSpinWait();
            }
            long now = clock.nanoTime();
            if (now - start >= LIMIT_NANOS) {
                credit.inVain();
                return false;
            }
            othersRan = giveWay.within(now);
            atOnce = LOOKS_AT_ONCE;
        }
    }

    private void paid(boolean othersRan) {
        credit.paid();
        othersHelped = othersRan;
        if (othersRan) {
            giveWay.spared();
        }
    }

    /// The thread has slept; it may look again.
    ///
    /// @param handedOver whether another thread ended the sleep
    public void slept(long nanos, boolean handedOver) {
        credit.slept(nanos < SHORT_NANOS, possible && handedOver);
    }
}
