package dev.sluice.internal.strand;

import dev.sluice.internal.loop.IdleSpin;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The thread of a strand, and how a cancellation reaches it while it runs, or is blocked in the JDK: by an
/// interrupt.
///
///     NONE ──interruptNow──▶ SENDING ──▶ SENT ──the strand takes it back──▶ NONE
///                               └─────▶ NONE     (its scope turned out to be open)
///
/// Invariant: at rest the thread's interrupt status is that of the scope the strand is in. In a cancelled one
/// an interrupt is pending, unless a wait of the JDK has consumed it; a cancelled wait of ours restores it. In
/// an open one there is none that came from a cancellation.
/// Threads: `interruptNow` any but a bare loop thread; the rest the strand itself.
abstract class StrandThread extends Scope {
    // How far an interrupt from a cancellation has got.
    private static final byte NONE = 0;
    private static final byte SENDING = 1;
    private static final byte SENT = 2;

    private static final VarHandle INTERRUPT;

    static {
        try {
            INTERRUPT = MethodHandles.lookup().findVarHandle(StrandThread.class, "interrupt", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    volatile @Nullable Thread thread; // set once; pairs with the read in interruptNow, which may come first
    private byte interrupt; // any thread, through INTERRUPT only

    /// The innermost scope. The strand only; others read it after they have seen a wait in the strand's state,
    /// or have claimed `interrupt`, or to look inside.
    Scope scope = this;

    StrandThread(@Nullable Scope parent, @Nullable Thread thread) {
        super(parent);
        this.thread = thread;
    }

    public final Thread thread() {
        Thread known = thread;
        assert known != null : "strand without a thread";
        return known;
    }

    /// Whether it has run to its end: it is its thread's handler until then. For those who look.
    public boolean hasEnded() {
        Thread known = thread;
        return known != null && known.getUncaughtExceptionHandler() != strand();
    }

    /// The innermost scope.
    public final Scope scope() {
        return scope;
    }

    /// Binds the strand to the thread that will run it, which has not started.
    protected final void attach(Thread unstarted) {
        assert thread == null;
        thread = unstarted;
        unstarted.setUncaughtExceptionHandler(strand());
    }

    /// Binds the strand to the current thread, which belongs to a pool, for a while.
    protected final void adopt(Thread current) {
        assert current == Thread.currentThread() && thread == null;
        thread = current;
        current.setUncaughtExceptionHandler(strand());
    }

    /// Ends [#adopt]; an interrupt that was meant for the strand does not reach the thread's next work.
    protected final void disown(Thread current) {
        assert thread == current;
        settleInterrupts();
        // Once sent in a cancelled scope, no more is sent: it stays sent.
        byte last = awaitSender();
        assert (last == SENT) == (reason() != null) : "interrupt: state=" + last + " at the end";
        Thread.interrupted();
        current.setUncaughtExceptionHandler(null);
    }

    /// The strand is about to run its body: a cancellation that came before its thread existed is made up for.
    protected final void started() {
        if (reason() != null) {
            interruptNow();
        }
    }

    /// Interrupts the thread if its innermost scope is cancelled. Any thread but a bare loop thread, since an
    /// interrupt may have to close a channel of the JDK.
    final void interruptNow() {
        byte sent;
        do {
            // Pairs with settleInterrupts: the strand changes its scope and then looks whether we are at it.
            if (!INTERRUPT.compareAndSet(this, NONE, SENDING)) {
                return;
            }
            VarHandle.fullFence(); // between the claim and the look at `scope`; pairs with settleInterrupts
            sent = NONE;
            Thread known = thread;
            if (inCancelledScope() && known != null) {
                interrupt(known);
                sent = SENT;
            }
            // Releases the interrupt to takeBackInterrupt, which pairs with it. Volatile, because who came
            // meanwhile has gone away and left it to us: look again.
            INTERRUPT.setVolatile(this, sent);
        } while (sent == NONE && thread != null && inCancelledScope());
    }

    /// An interrupt closes the channel of the JDK in which the thread waits, and that may fail. Who sends it is
    /// not to blame, and has others to interrupt.
    private void interrupt(Thread known) {
        try {
            known.interrupt();
        } catch (Throwable failure) {
            LockSupport.unpark(known); // a virtual thread has not been woken then
            Reports.publish(new Report.UnobservedFailure("interrupt of " + known.getName(), failure));
        }
    }

    private boolean inCancelledScope() {
        return scope.reason() != null;
    }

    /// Makes the interrupt of a cancellation pending again that a wait, ours or one of the JDK, has consumed.
    /// So each further wait of the JDK ends, as ours do, and not only the first.
    final void restoreInterrupt() {
        // Not while a sender is at it: its interrupt may have been consumed already.
        if (awaitSender() == SENT) {
            thread().interrupt();
        } else {
            interruptNow();
        }
    }

    /// Makes the interrupt status that of the scope the strand is in now: pending if that is cancelled, taken
    /// back if not.
    final void settleInterrupts() {
        VarHandle.fullFence(); // between the change of scope and the look at `interrupt`; pairs with interruptNow
        if (awaitSender() == SENT) {
            Thread.interrupted(); // before the next one may be sent, which this would swallow
            INTERRUPT.setVolatile(this, NONE); // pairs with interruptNow, which starts from NONE only
        }
        if (scope.reason() != null) {
            interruptNow();
        }
    }

    /// Whether an interrupt came from a cancellation; it counts as received then.
    final boolean takeBackInterrupt() {
        if (awaitSender() == NONE) {
            return false;
        }
        INTERRUPT.setVolatile(this, NONE); // pairs with interruptNow, which starts from NONE only
        return true;
    }

    /// The state of the interrupt, when nobody is between two lines of sending one.
    private byte awaitSender() {
        while (true) {
            // Acquires the interrupt; pairs with the release in interruptNow.
            byte now = (byte) INTERRUPT.getAcquire(this);
            if (now != SENDING) {
                return now;
            }
            Thread.yield();
        }
    }

    // ---- threads without a loop

    /// Looks a while for the end of something, if that is likely to be faster than to sleep.
    ///
    /// @return whether it has ended
    boolean lookElsewhere(IdleSpin.Wait wait, long token) {
        return false;
    }

    /// Leaves the processor until somebody wakes the strand, or for no reason.
    void sleep() {
        LockSupport.park(this);
    }
}
