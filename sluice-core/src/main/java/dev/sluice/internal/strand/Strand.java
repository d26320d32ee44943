package dev.sluice.internal.strand;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.IdleSpin;
import dev.sluice.internal.loop.Simulator;
import dev.sluice.internal.loop.StallWatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What can wait: a coroutine, or a thread that uses Sluice from outside. It is where waits begin and end.
///
/// One word holds the phase of the current wait, above a number that makes each wait unique:
///
///     RUNNING ──begin──▶ WAITING ──tryResume──▶ RESUMED ───┐
///       │ ▲                └──────cancelWait──▶ CANCELLED ─┤
///       │ └──────────────────────await returns─────────────┤
///       └─beginUncancellable─▶ SHIELDED ─tryResume─▶ RESUMED
///
/// Invariants: a wait ends once. `tryResume` with the token of a past wait answers false, for ever. A wait does
/// not begin inside a cancelled scope, and one that has begun is ended by the cancellation.
/// Threads: `begin`, `await`, `enter` and `leave` by the strand itself; `tryResume` and `cancelWait` by any.
///
/// A strand is its thread's uncaught exception handler: that is a field of every thread which public API reads
/// in a nanosecond, where a thread local costs a map for each coroutine.
public class Strand extends StrandThread implements Thread.UncaughtExceptionHandler, StallWatch.Named, IdleSpin.Wait {
    private static final long RUNNING = 0;
    private static final long WAITING = 1;
    private static final long RESUMED = 2;
    private static final long CANCELLED = 3;
    private static final long SHIELDED = 4;
    private static final long PHASE = 7;
    private static final long ONE_WAIT = 8;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Strand.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable EventLoop loop;

    private long state; // any thread, through STATE only

    // The strand only; others read them after they have seen a wait in `state`, or to look inside.
    private @Nullable Object waitsFor;
    private @Nullable Locals locals;

    /// A strand on a thread that is not ours.
    Strand(Thread thread) {
        super(null, thread);
        this.loop = null;
    }

    /// The strand above all others of a group of loops; it has no thread.
    protected Strand() {
        super(null, null);
        this.loop = null;
    }

    /// A strand to begin by [#begins], whose thread is set by [#attach] or [#adopt].
    ///
    /// @param parent the scope that it is started in
    protected Strand(Scope parent, @Nullable EventLoop loop, @Nullable Locals locals) {
        super(parent, null);
        this.loop = loop;
        this.locals = locals;
    }

    /// Puts the strand below its parent's scope, which can cancel it from now on; [#ended] takes it out. Before
    /// its thread runs it.
    protected final void begins() {
        Scope parent = parent();
        assert parent != null;
        parent.link(this);
    }

    /// The strand of the current thread.
    public static Strand current() {
        return Thread.currentThread().getUncaughtExceptionHandler() instanceof Strand strand
                ? strand
                : ForeignStrand.ofCurrentThread();
    }

    /// The strand of a thread, if it is ours.
    public static @Nullable Strand of(@Nullable Thread thread) {
        return thread != null && thread.getUncaughtExceptionHandler() instanceof Strand strand ? strand : null;
    }

    /// The loop of the caller: its strand's, or the one that carries a virtual thread which a coroutine has
    /// started with the JDK's means. Null elsewhere.
    public static @Nullable EventLoop currentLoop() {
        EventLoop home = current().loop;
        return home != null ? home : EventLoop.current();
    }

    /// The loop that this strand belongs to; null for a thread that is not ours.
    public final @Nullable EventLoop loop() {
        return loop;
    }

    /// Whether it runs on a thread that may block.
    public boolean isOffloaded() {
        return false;
    }

    public final @Nullable Locals locals() {
        return locals;
    }

    public final void locals(@Nullable Locals now) {
        assert Thread.currentThread() == thread;
        locals = now;
    }

    /// What the strand waits for, or null; for people who look.
    public final @Nullable Object waitsFor() {
        // Volatile: pairs with begin, which writes waitsFor before the state.
        return ((long) STATE.getVolatile(this) & PHASE) == RUNNING ? null : waitsFor;
    }

    /// The wait that the strand is in: a number that none of its other waits has; 0 if it is in none.
    final long currentToken() {
        // Volatile: pairs with begin, which writes waitsFor before the state.
        long now = (long) STATE.getVolatile(this);
        long phase = now & PHASE;
        return phase == WAITING || phase == SHIELDED ? now : 0;
    }

    /// What a wait is for, if the strand is still in it; else null.
    final @Nullable Object blockerOf(long wait) {
        Object blocker = waitsFor;
        VarHandle.acquireFence(); // pairs with tryResume and end: who writes the next blocker has left this wait
        return currentToken() == wait ? blocker : null;
    }

    /// Whether time will end a wait that the strand is in.
    final boolean endsByDeadline(long wait) {
        return (wait & PHASE) == WAITING && scope.underDeadline();
    }

    /// The scope above everything that runs on its loops; the strand itself if it is a thread that is not ours.
    public final Strand root() {
        Scope scope = this;
        for (Scope above = scope.parent(); above != null; above = scope.parent()) {
            scope = above;
        }
        return scope.strand();
    }

    /// What the strand does, for people who look.
    public String doing() {
        Object blocker = waitsFor();
        return blocker == null ? "running" : "waiting for " + blocker;
    }

    /// Whom messages name.
    @Override
    public String path() {
        return "thread " + thread().getName();
    }

    /// A failure that nobody caught: of a coroutine's own code after its task has ended, which is a defect of
    /// ours.
    @Override
    public void uncaughtException(Thread failed, Throwable failure) {
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        if (handler != null) {
            handler.uncaughtException(failed, failure);
        } else {
            System.getLogger("dev.sluice").log(System.Logger.Level.ERROR, "uncaught in " + path(), failure);
        }
    }

    // ---- waiting

    /// Begins a wait. Publish the token where the resumer finds it, then call [#await].
    ///
    /// @param blocker what is waited for, to be shown
    /// @throws CancelledException if the scope is cancelled; no wait has begun then
    public final long begin(Object blocker) {
        tellSimulator();
        long token = begin(blocker, WAITING);
        CancelReason why = scope.reason();
        if (why != null) {
            // Pairs with cancelWait, whose compare-and-set fails from now on.
            STATE.setVolatile(this, (token & ~PHASE) | RUNNING);
            restoreInterrupt();
            throw new CancelledException(why);
        }
        return token;
    }

    /// Begins a wait that only its resumer ends, for what must be completed. It is awaited by
    /// [#awaitUncancellable].
    public final long beginUncancellable(Object blocker) {
        return begin(blocker, SHIELDED);
    }

    /// Lets a simulation cancel right here.
    private void tellSimulator() {
        if (Simulator.POSSIBLE && loop != null) {
            Simulator simulator = loop.simulator();
            if (simulator != null) {
                simulator.suspending();
            }
        }
    }

    private long begin(Object blocker, long phase) {
        assert Thread.currentThread() == thread : "wait of " + path() + " begun by " + Thread.currentThread();
        waitsFor = blocker;
        // Plain: while the strand runs nobody else writes the state.
        long token = (((long) STATE.get(this) & ~PHASE) + ONE_WAIT) | phase;
        // Releases waitsFor; pairs with the reads of the state by others. No fence: a cancellation that does
        // not see the wait yet takes the strand for a running one and interrupts it, which park looks at.
        STATE.setRelease(this, token);
        return token;
    }

    /// Waits until the wait has ended.
    ///
    /// @return true if it was resumed; false if it was cancelled: take back what was published, then throw
    ///     [#cancelledException]
    public final boolean await(long token) {
        assert (token & PHASE) == WAITING;
        boolean interrupted = park(token, true);
        // Acquires what the resumer wrote; pairs with the compare-and-set in tryResume.
        boolean resumed = ((long) STATE.getAcquire(this) & PHASE) == RESUMED;
        end(interrupted);
        return resumed;
    }

    /// Waits until the wait is resumed, however long it takes; an interrupt stays pending.
    public final void awaitUncancellable(long token) {
        assert (token & PHASE) == SHIELDED;
        boolean interrupted = park(token, false);
        VarHandle.acquireFence(); // a look that found the wait over did not acquire; pairs with tryResume
        end(interrupted);
    }

    /// Parks until the state is no longer `token`.
    ///
    /// @return whether somebody other than a cancellation interrupted the thread
    private boolean park(long token, boolean interruptible) {
        EventLoop here = loop;
        if (here == null) {
            return parkElsewhere(token, interruptible);
        }
        if (here.lookFor(this, token)) {
            return false;
        }
        boolean interrupted = false;
        // Acquires what the resumer wrote; pairs with the compare-and-set in tryResume.
        while ((long) STATE.getAcquire(this) == token) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                interrupted |= interruptedBySomebody(token, interruptible);
            }
        }
        return interrupted;
    }

    /// As [#park], on a thread without a loop. Apart from it, so that the compiled wait of a coroutine stays
    /// small enough to be part of its caller: one frame less to copy and to return through at each resume.
    private boolean parkElsewhere(long token, boolean interruptible) {
        boolean interrupted = false;
        if (lookElsewhere(this, token)) {
            return false;
        }
        // As in park; pairs with the compare-and-set in tryResume.
        while ((long) STATE.getAcquire(this) == token) {
            sleep();
            if (Thread.interrupted()) {
                interrupted |= interruptedBySomebody(token, interruptible);
            }
        }
        return interrupted;
    }

    /// Takes note of an interrupt that has been consumed.
    ///
    /// @return whether somebody other than a cancellation sent it
    private boolean interruptedBySomebody(long token, boolean interruptible) {
        boolean ours = takeBackInterrupt();
        // An interrupt of somebody else ends this wait as it would end one of the JDK; one of a cancellation,
        // which did not see that the strand was about to wait, does so, too. Pairs with tryResume, which may be
        // first.
        if (interruptible && (!ours || scope.reason() != null)) {
            STATE.compareAndSet(this, token, (token & ~PHASE) | CANCELLED);
        }
        return !ours;
    }

    /// Looks a while for the end of something, if that is likely to be faster than to sleep, and nobody else
    /// could run meanwhile. By the strand, before it begins a wait.
    ///
    /// @return whether it has ended
    public final boolean lookFor(IdleSpin.Wait wait, long token) {
        EventLoop here = loop;
        return here == null ? lookElsewhere(wait, token) : here.lookFor(wait, token);
    }

    @Override
    public final boolean over(long token) {
        // Opaque: a hint; await acquires. Pairs with the compare-and-set in tryResume.
        return (long) STATE.getOpaque(this) != token;
    }

    private void end(boolean interrupted) {
        // Pairs with tryResume and cancelWait, which fail for this wait from now on.
        STATE.setRelease(this, ((long) STATE.get(this) & ~PHASE) | RUNNING);
        waitsFor = null;
        if (interrupted) {
            thread().interrupt(); // for cancelledException(), or for the next wait if the resume came first
        }
        // Who cancelled while the state said that the strand waits has sent no interrupt, or one that park
        // consumed.
        if (scope.reason() != null) {
            restoreInterrupt();
        }
    }

    /// What to throw after [#await] answered false.
    public final CancelledException cancelledException() {
        CancelReason why = scope.reason();
        if (why == null) {
            boolean interrupted = Thread.interrupted();
            assert interrupted : "a wait of " + path() + " was cancelled for no reason";
            why = new CancelReason.Requested("an interrupt of the thread", "interrupted");
        }
        return new CancelledException(why);
    }

    /// Throws if the scope is cancelled: the check of every suspension, without the suspension.
    public final void checkpoint() {
        tellSimulator();
        CancelReason why = scope.reason();
        if (why != null) {
            restoreInterrupt();
            throw new CancelledException(why);
        }
    }

    /// Ends the wait, unless it has ended. Whoever gets true has resumed it and nobody else has.
    public final boolean tryResume(long token) {
        // Releases what the resumer wrote to the strand; pairs with the acquire in park and await.
        if (!STATE.compareAndSet(this, token, (token & ~PHASE) | RESUMED)) {
            return false;
        }
        LockSupport.unpark(thread);
        return true;
    }

    /// Ends the wait as [#tryResume] does, and leaves it to the caller to [#wake] the strand, when it has let
    /// go of its lock.
    public final boolean tryClaim(long token) {
        // Releases what the claimer wrote to the strand; pairs with the acquire in park and await.
        return STATE.compareAndSet(this, token, (token & ~PHASE) | RESUMED);
    }

    /// Wakes the strand after [#tryClaim].
    public final void wake() {
        LockSupport.unpark(thread);
    }

    /// Ends a wait that has turned out not to be needed, before [#await]. Nobody has claimed it and nobody can.
    public final void abandon(long token) {
        // Plain: only to check. The wait is as it began, or was cancelled meanwhile; nobody claimed it.
        assert ((long) STATE.get(this) | RESUMED) == ((token & ~PHASE) | CANCELLED) : STATE.get(this) + " of " + token;
        // Pairs with cancelWait: from now on it sends an interrupt, before it has written the reason that end
        // sees.
        STATE.setVolatile(this, (token & ~PHASE) | RUNNING);
        end(false);
    }

    /// A node for the waits of this strand, kept by whoever waits most: a strand waits in one place at a time.
    public @Nullable Object node; // the strand only

    /// Ends a cancellable wait because a scope was cancelled.
    ///
    /// @return false if the strand does not wait here: it runs, or is blocked in the JDK
    final boolean cancelWait() {
        while (true) {
            // Pairs with the release in begin. A wait that began a moment ago may not be seen yet: then the
            // interrupt ends it, see park.
            long token = (long) STATE.getVolatile(this);
            if ((token & PHASE) == SHIELDED) {
                return true; // it looks itself, when the wait has ended
            }
            if ((token & PHASE) != WAITING) {
                return false;
            }
            if (scope.reason() == null) {
                return true; // it waits inside a shield, and looks itself when it leaves that
            }
            // Pairs with the acquire in park.
            if (STATE.compareAndSet(this, token, (token & ~PHASE) | CANCELLED)) {
                LockSupport.unpark(thread);
                return true;
            }
        }
    }

    // ---- scopes

    /// Enters a scope inside the current one.
    ///
    /// @param shield whether cancellation from outside stops at it
    public final Scope enter(boolean shield) {
        Scope inner = new Scope(scope, this, shield);
        enter(inner);
        return inner;
    }

    /// Enters a scope that was made for this strand, below its current one.
    public final void enter(Scope inner) {
        assert Thread.currentThread() == thread;
        Scope outer = scope;
        assert inner.parent() == outer;
        outer.link(inner);
        scope = inner;
        if (inner.shield()) {
            settleInterrupts(); // also if the outer scope is open: somebody may be cancelling it
        }
    }

    /// Leaves a scope, the innermost one; it cannot be cancelled any more.
    ///
    /// @throws IllegalStateException if others were entered inside and not left; they have been left, too
    public final void leave(Scope inner) {
        IllegalStateException complaint = leaveForgotten(inner);
        leaveInnermost(inner);
        if (complaint != null) {
            throw complaint;
        }
    }

    private void leaveInnermost(Scope inner) {
        assert Thread.currentThread() == thread && scope == inner;
        inner.endOwned();
        Scope outer = inner.parent();
        assert outer != null : "the root scope is left by end()";
        // Before the unlink: who cancels the outer scope either finds the inner one linked, and its reason
        // settles the interrupt below; or takes a lock that the unlink has released, and sees where the strand
        // is now.
        scope = outer;
        inner.unlink();
        if (inner.reason() != null || inner.shield()) {
            settleInterrupts();
        }
    }

    /// The strand's work is over: nothing can cancel it any more.
    protected final void ended() {
        assert scope == this : "task " + path() + " ended inside a scope that it entered";
        endOwned();
        Held.abandonAll(this);
        unlink();
    }

    /// Leaves the scopes that the body has entered and not left. What is inside is cancelled and awaited.
    ///
    /// @return the complaint about it, or null if all was left
    protected final @Nullable IllegalStateException leaveForgotten() {
        return leaveForgotten(this);
    }

    private @Nullable IllegalStateException leaveForgotten(Scope outer) {
        if (scope == outer) {
            return null;
        }
        String what = outer == this ? " ended" : " left a scope around it";
        var complaint = new IllegalStateException(
                path() + what + " without closing " + scope + ", expected it closed: open it in try (...)");
        while (scope != outer) {
            assert scope != this : "left a scope that the strand is not in";
            Scope forgotten = scope;
            try {
                forgotten.forgotten();
            } catch (Throwable failure) { // the strand ends or goes on outside all the same; others wait for that
                complaint.addSuppressed(failure);
            }
            if (scope == forgotten) {
                leaveInnermost(forgotten);
            }
        }
        return complaint;
    }
}
