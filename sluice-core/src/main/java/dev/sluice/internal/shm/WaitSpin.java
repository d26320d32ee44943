package dev.sluice.internal.shm;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Sched;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.IdleSpin;
import dev.sluice.internal.loop.LookCredit;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import dev.sluice.time.Clock;
import java.util.function.BooleanSupplier;

/// Whether who waits at a word of a shared file looks at it for a while before it sleeps.
///
/// To be woken takes some 30 µs: two threads have to run, and a processor that idles takes its time. Another
/// process that is awake answers in less than one. So with [LookCredit] there is a look, of [#LIMIT_NANOS] at
/// most, as `IdleSpin` has for waits that another thread ends, whose waking takes less.
///
/// A look is longer than a waking takes: else two that hand something back and forth would each give up just
/// before the other is awake, and so for ever. After its first microseconds it offers its processor to others
/// again and again: whom it waits for may be waiting for that.
///
/// A coroutine looks while its loop has nothing else to do; timers and I/O get their turn in between. Other
/// virtual threads sleep at once.
///
/// Threads: any; the credit is a guess, and races about it do no harm.
final class WaitSpin {
    /// How long one look lasts at most.
    static final long LIMIT_NANOS = 50_000;

    /// A wait that a look could have spared.
    static final long SHORT_NANOS = 2 * LIMIT_NANOS;

    /// From when on a look offers its processor to others.
    static final long ALONE_NANOS = 3_000;

    private static final int LOOKS_PER_CLOCK = 16;

    private final Calls calls;
    private final Clock clock;
    private final boolean possible;
    private final LookCredit credit = new LookCredit(1);

    /// @param calls for the processor that is offered to others
    WaitSpin(Calls calls) {
        this(calls, Clock.system(), IdleSpin.PARALLEL);
    }

    /// @param possible whether others run while one looks
    WaitSpin(Calls calls, Clock clock, boolean possible) {
        this.calls = calls;
        this.clock = clock;
        this.possible = possible;
    }

    /// Looks a while, if that pays.
    ///
    /// @param strand who waits
    /// @return whether it is open
    boolean look(Strand strand, BooleanSupplier open) {
        EventLoop loop = strand.loop();
        if (!credit.left() || !possible || !(loop == null ? mayLookElsewhere() : mayLook(loop, strand))) {
            return false;
        }
        long start = clock.nanoTime();
        long looked = 0;
        while (looked < LIMIT_NANOS) {
            for (int i = 0; i < LOOKS_PER_CLOCK; i++) {
                if (open.getAsBoolean()) {
                    credit.paid();
                    return true;
                }
                Thread.onSpinWait();
            }
            if (loop != null && !loop.idle()) {
                return false;
            }
            looked = clock.nanoTime() - start;
            if (looked > ALONE_NANOS && !giveWay(start + looked)) {
                return false;
            }
        }
        credit.inVain();
        return false;
    }

    /// Offers the processor to others.
    ///
    /// @return false if they had it for longer than a look lasts: others compute there, and whoever sleeps is
    ///     let in before them when it is woken
    private boolean giveWay(long now) {
        CallState state = calls.take();
        Sched.yield(state);
        calls.give(state);
        if (clock.nanoTime() - now < LIMIT_NANOS) {
            return true;
        }
        credit.lookRarely();
        return false;
    }

    /// A coroutine that waits for short times only would never leave its loop: when it has had its slice, timers
    /// and I/O have a turn before it looks. Its loop looks at the clock after some resumes only, so that takes as
    /// many passes; and there is no turn for who cannot leave the thread.
    private static boolean mayLook(EventLoop loop, Strand strand) {
        if (loop.simulated()) {
            return false;
        }
        for (int pass = 0; pass < EventLoop.RESUMES_PER_CLOCK && loop.idle() && !loop.mayStay(); pass++) {
            Sleep.pass(strand);
        }
        return loop.idle();
    }

    /// A virtual thread that is no coroutine would keep its carrier from others, and that may be a loop.
    private static boolean mayLookElsewhere() {
        return !Thread.currentThread().isVirtual();
    }

    /// Somebody is about to sleep.
    ///
    /// @return for [#slept]
    long sleeps() {
        return clock.nanoTime();
    }

    /// Somebody has slept, and was woken or cancelled.
    ///
    /// @param begun what [#sleeps] said
    void slept(long begun) {
        credit.slept(clock.nanoTime() - begun < SHORT_NANOS, true);
    }
}
