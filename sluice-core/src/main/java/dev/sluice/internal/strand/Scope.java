package dev.sluice.internal.strand;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One node of the tree of cancellation: what is cancelled together.
///
/// A strand is in one scope at a time, its innermost; a scope has one strand, which entered it. The first scope
/// of a task is the child of its group's scope, which the group's owner entered: so cancelling a scope reaches
/// the tasks started inside.
///
///     open ──cancel(reason)──▶ cancelled          the reason goes down to every scope below, but not into shields
///       └────────close──────────────┴──▶ closed   (left by its strand; nothing happens to it any more)
///
/// Invariants: `reason` changes once, from null; it is set only while the scope is open; when it is set, the
/// strand of each scope below that waits has been woken, or will see the reason before it waits.
/// Threads: any. `lock` guards the list of children, `closed`, and the writing of `reason`; locks are taken
/// from parent to child.
public class Scope {
    private static final String CLOSED_BY_INTERRUPT = "Closed by interrupt"; // all that the JDK's sockets say of it

    private static final VarHandle LOCK;
    private static final VarHandle REASON;

    static {
        try {
            var lookup = MethodHandles.lookup();
            LOCK = lookup.findVarHandle(Scope.class, "lock", byte.class);
            REASON = lookup.findVarHandle(Scope.class, "reason", CancelReason.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable Scope parent;
    private final Strand strand;
    private final boolean shield;

    private byte lock; // through SpinLock only

    // Guarded by lock.
    private @Nullable Scope children;
    private boolean closed;

    // Guarded by the parent's lock.
    private @Nullable Scope nextSibling;
    private @Nullable Scope previousSibling;

    private @Nullable CancelReason reason; // written under lock, read by any thread through REASON

    /// A scope below `parent`; [Strand#enter] links it.
    ///
    /// @param shield whether cancellation from above stops here
    protected Scope(@Nullable Scope parent, Strand strand, boolean shield) {
        this.parent = parent;
        this.strand = strand;
        this.shield = shield;
    }

    /// The root scope of a strand: the strand is its own scope, to save an object for each task.
    Scope(@Nullable Scope parent) {
        this.parent = parent;
        this.strand = (Strand) this;
        this.shield = false;
    }

    /// Why this scope is cancelled, or null.
    public final @Nullable CancelReason reason() {
        // Volatile: pairs with the write in cancelLocked. A strand that is about to wait sees the reason here,
        // or the canceller sees it waiting, or the canceller takes it for a running one and interrupts it.
        return (CancelReason) REASON.getVolatile(this);
    }

    /// Whether a failure is how the cancellation of this scope shows, through our own waits or through those of
    /// the JDK.
    public final boolean explains(Throwable failure) {
        CancelReason why = reason();
        if (why == null) {
            return false;
        }
        return failure instanceof CancelledException cancelled
                ? cancelled.reason() == why
                : failure instanceof InterruptedException
                        || failure instanceof ClosedByInterruptException
                        || failure instanceof InterruptedIOException
                        || failure instanceof SocketException && CLOSED_BY_INTERRUPT.equals(failure.getMessage());
    }

    final Strand strand() {
        return strand;
    }

    public final @Nullable Scope parent() {
        return parent;
    }

    public final boolean shield() {
        return shield;
    }

    /// Cancels this scope and everything below; without effect when it is cancelled already or has been left.
    ///
    /// A strand inside that waits is woken; one that runs or is blocked in the JDK is interrupted.
    ///
    /// @return whether this call cancelled it
    public final boolean cancel(CancelReason why) {
        List<Strand> blocked = new ArrayList<>(0);
        try {
            return cancelHere(why, blocked);
        } finally {
            if (!blocked.isEmpty()) {
                Interrupts.send(blocked);
            }
        }
    }

    /// The scope has just been cancelled. Called once, under locks: no waiting, no foreign code. What it throws
    /// comes out of [#cancel] when all below have been cancelled.
    protected void onCancelled() {}

    /// The strand ends and has not left this scope: ends what is inside, and waits for that. The strand leaves
    /// the scope afterwards.
    protected void forgotten() {}

    /// The tasks that were started in this scope and have not ended.
    public final List<Strand> tasks() {
        List<Strand> found = new ArrayList<>();
        SpinLock.lock(LOCK, this);
        try {
            for (Scope child = children; child != null; child = child.nextSibling) {
                if (child instanceof Strand task) {
                    found.add(task);
                }
            }
        } finally {
            SpinLock.unlock(LOCK, this);
        }
        return found;
    }

    /// Copies some of the children, newest first, for people who look: a few at a time, so that nobody waits
    /// long for the lock. Those that were there throughout are all found, some perhaps twice.
    ///
    /// @param batch where they go; what it holds of the last call says where to go on, so it grows while that
    ///     is not enough
    /// @param before how many the last call gave, 0 for the first
    /// @return how many there are in the batch now, 0 at the end; -1 to call again with a larger batch, as for
    ///     the first time
    final int nextChildren(Scope[] batch, int before) {
        SpinLock.lock(LOCK, this);
        try {
            Scope next = children;
            if (before > 0) {
                int last = before - 1;
                while (last >= 0 && !batch[last].isChildOf(this)) {
                    last--;
                }
                if (last < 0) {
                    return -1;
                }
                next = batch[last].nextSibling;
            }
            int count = 0;
            while (next != null && count < batch.length) {
                batch[count++] = next;
                next = next.nextSibling;
            }
            return count;
        } finally {
            SpinLock.unlock(LOCK, this);
        }
    }

    private boolean isChildOf(Scope above) {
        return previousSibling != null || nextSibling != null || above.children == this;
    }

    /// Whether there may be children; a hint.
    final boolean mayHaveChildren() {
        return children != null;
    }

    /// Whether time cancels this scope by itself.
    protected boolean timed() {
        return false;
    }

    /// Whether time will cancel what waits in this scope.
    final boolean underDeadline() {
        for (Scope scope = this; scope != null; scope = scope.shield ? null : scope.parent) {
            if (scope.timed()) {
                return true;
            }
        }
        return false;
    }

    /// Links a child scope and passes on a cancellation that has happened.
    final void link(Scope child) {
        SpinLock.lock(LOCK, this);
        try {
            assert !closed : "a scope inside a closed scope";
            Scope first = children;
            child.nextSibling = first;
            if (first != null) {
                first.previousSibling = child;
            }
            children = child;
            if (reason != null && !child.shield) {
                // Nobody else knows the child yet; volatile for the readers, pairs with reason().
                REASON.setVolatile(child, reason);
            }
        } finally {
            SpinLock.unlock(LOCK, this);
        }
    }

    /// Ends what the scope still owns, the newest first; it is about to be left by its strand, which waits.
    final void endOwned() {
        // Plain: what the strand has put here, it sees; others put only strands here.
        while (children != null) {
            Owned owned = newestOwned();
            if (owned == null) {
                return;
            }
            owned.endNow();
        }
    }

    private @Nullable Owned newestOwned() {
        SpinLock.lock(LOCK, this);
        try {
            for (Scope child = children; child != null; child = child.nextSibling) {
                if (child instanceof Owned owned) {
                    return owned;
                }
            }
            return null;
        } finally {
            SpinLock.unlock(LOCK, this);
        }
    }

    /// Closes this scope for cancellation and takes it out of its parent.
    final void unlink() {
        SpinLock.lock(LOCK, this);
        boolean empty = children == null;
        closed = true;
        SpinLock.unlock(LOCK, this);
        assert empty : "a scope is left before the scopes inside";
        if (parent != null) {
            parent.remove(this);
        }
    }

    private void remove(Scope child) {
        SpinLock.lock(LOCK, this);
        Scope before = child.previousSibling;
        Scope after = child.nextSibling;
        if (before == null) {
            assert children == child;
            children = after;
        } else {
            before.nextSibling = after;
        }
        if (after != null) {
            after.previousSibling = before;
        }
        child.nextSibling = null;
        child.previousSibling = null;
        SpinLock.unlock(LOCK, this);
    }

    /// Cancels this scope and those below, depth first and without recursion, since tasks may be nested deeply.
    /// The lock of each scope is held until those below it are done.
    private boolean cancelHere(CancelReason why, List<Strand> blocked) {
        SpinLock.lock(LOCK, this);
        if (!cancelLocked(why)) {
            SpinLock.unlock(LOCK, this);
            return false;
        }
        Throwable failure = null;
        Scope scope = this;
        Scope below = children;
        while (scope != null) {
            if (below == null) {
                failure = scope.tellAndUnlock(blocked, failure);
                below = scope.nextSibling; // guarded by the parent's lock, which is held
                scope = scope == this ? null : scope.parent;
            } else if (below.takeForCancel(why)) {
                scope = below;
                below = scope.children;
            } else {
                below = below.nextSibling;
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure; // nothing here declares any other
        }
        return true;
    }

    /// Tells this scope, and lets go of its lock. Whatever fails, for want of memory perhaps, must not leave a
    /// lock taken for ever.
    ///
    /// @param before what has failed so far
    /// @return the first that has failed
    private @Nullable Throwable tellAndUnlock(List<Strand> blocked, @Nullable Throwable before) {
        Throwable failure = before;
        try {
            onCancelled();
        } catch (Throwable failed) {
            failure = failure == null ? failed : failure;
        }
        SpinLock.unlock(LOCK, this);
        try {
            poke(blocked);
        } catch (Throwable failed) {
            failure = failure == null ? failed : failure;
        }
        return failure;
    }

    /// Cancels a child; its lock is held if the answer is yes.
    private boolean takeForCancel(CancelReason why) {
        if (shield) {
            return false;
        }
        SpinLock.lockNested(LOCK, this);
        if (cancelLocked(why)) {
            return true;
        }
        SpinLock.unlock(LOCK, this);
        return false;
    }

    private boolean cancelLocked(CancelReason why) {
        if (closed || reason != null) {
            return false;
        }
        // Volatile: pairs with reason(), see there.
        REASON.setVolatile(this, why);
        return true;
    }

    /// Wakes the strand. It is poked once for each of its scopes; only the innermost matters, and poking twice
    /// does no harm.
    private void poke(List<Strand> blocked) {
        if (!strand.cancelWait()) {
            blocked.add(strand);
        }
    }
}
