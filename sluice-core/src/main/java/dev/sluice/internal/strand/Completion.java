package dev.sluice.internal.strand;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Something that ends once, and those who wait for it: the core of tasks and promises.
///
/// Invariants: `result` changes once, from null; a waiter is in the list, or has been resumed, or has taken
/// itself out.
/// Threads: any. `lock` guards the list, and the writing of `result`.
public final class Completion<R> {
    private static final VarHandle LOCK;
    private static final VarHandle RESULT;

    static {
        try {
            var lookup = MethodHandles.lookup();
            LOCK = lookup.findVarHandle(Completion.class, "lock", byte.class);
            RESULT = lookup.findVarHandle(Completion.class, "result", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Who waits: a strand, or a callback.
    private static final class Waiter {
        final Object who; // a Strand or a Runnable: a field less, for each of a million
        final long token;

        // Guarded by the completion's lock.
        @Nullable Waiter next;

        @Nullable Waiter previous;

        Waiter(Object who, long token) {
            this.who = who;
            this.token = token;
        }
    }

    private byte lock; // through SpinLock only
    private @Nullable Object result; // written under lock, read by any thread through RESULT

    // Guarded by lock.
    private @Nullable Waiter first;
    private @Nullable Waiter last;

    /// The result, or null while there is none.
    @SuppressWarnings("unchecked")
    public @Nullable R result() {
        // Acquires what the completer wrote; pairs with the release in complete.
        return (R) RESULT.getAcquire(this);
    }

    /// Completes, unless it has been.
    ///
    /// Waiting strands are resumed and callbacks run, in the order of their arrival, by the caller.
    public boolean complete(R with) {
        Waiter waiting;
        SpinLock.lock(LOCK, this);
        try {
            if (result != null) {
                return false;
            }
            // Releases the result; pairs with the acquire in result().
            RESULT.setRelease(this, with);
            waiting = first;
            first = null;
            last = null;
        } finally {
            SpinLock.unlock(LOCK, this);
        }
        for (Waiter waiter = waiting; waiter != null; waiter = waiter.next) {
            if (waiter.who instanceof Strand strand) {
                strand.tryResume(waiter.token);
            } else {
                ((Runnable) waiter.who).run();
            }
        }
        return true;
    }

    /// Waits for the result.
    ///
    /// @param blocker what is shown as waited for
    public R await(Object blocker) {
        R known = result();
        Strand strand = Strand.current();
        if (known != null) {
            strand.checkpoint();
            return known;
        }
        long token = strand.begin(blocker);
        var waiter = new Waiter(strand, token);
        if (!add(waiter)) {
            strand.tryResume(token);
        }
        if (!strand.await(token)) {
            remove(waiter);
            throw strand.cancelledException();
        }
        return resultNow();
    }

    /// Waits for the result, cancelled or not.
    public R awaitUncancellable(Object blocker) {
        if (result() == null) {
            Strand strand = Strand.current();
            long token = strand.beginUncancellable(blocker);
            if (!add(new Waiter(strand, token))) {
                strand.tryResume(token);
            }
            strand.awaitUncancellable(token);
        }
        return resultNow();
    }

    /// Calls back once, when completed; at once if it has been. The callback does not block and does not throw.
    public void whenComplete(Runnable callback) {
        if (!add(new Waiter(callback, 0))) {
            callback.run();
        }
    }

    /// Has a wait ended when this is completed.
    ///
    /// @return what [#unregister] takes; null if it has been completed, and the wait is to be ended by the
    ///     caller
    public @Nullable Object register(Strand strand, long token) {
        var waiter = new Waiter(strand, token);
        return add(waiter) ? waiter : null;
    }

    /// Undoes [#register].
    public void unregister(Object registered) {
        remove((Waiter) registered);
    }

    private R resultNow() {
        R known = result();
        if (known == null) {
            throw new IllegalStateException("resumed before the result");
        }
        return known;
    }

    private boolean add(Waiter waiter) {
        SpinLock.lock(LOCK, this);
        try {
            if (result != null) {
                return false;
            }
            waiter.previous = last;
            if (last == null) {
                first = waiter;
            } else {
                last.next = waiter;
            }
            last = waiter;
            return true;
        } finally {
            SpinLock.unlock(LOCK, this);
        }
    }

    private void remove(Waiter waiter) {
        SpinLock.lock(LOCK, this);
        try {
            if (result != null) {
                return; // the list was taken away whole
            }
            Waiter before = waiter.previous;
            Waiter after = waiter.next;
            if (before == null) {
                first = after;
            } else {
                before.next = after;
            }
            if (after == null) {
                last = before;
            } else {
                after.previous = before;
            }
        } finally {
            SpinLock.unlock(LOCK, this);
        }
    }

    /// For people who look at what a strand waits for.
    @Override
    public String toString() {
        return result() == null ? "pending" : "completed";
    }
}
