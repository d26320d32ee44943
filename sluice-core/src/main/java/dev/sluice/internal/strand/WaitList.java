package dev.sluice.internal.strand;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that strands enter one after the other: its state, the lock around it, and those who wait.
///
/// A subclass keeps the state and says who may enter: [#refuses], [#admits], [#admitted]. These, and what it
/// does between [#lock] and [#unlock], are a few field accesses: no waiting, no foreign code.
///
/// Invariants, whenever the lock is free:
/// - the first of those who wait is neither refused nor admitted by the state, and nobody enters before those
///   who began to wait earlier (cancelled waits, which their strands are about to take out, aside);
/// - a wait ends once: by entering or by a refusal, both under the lock, or by its cancellation, after which
///   its strand has not entered.
/// Threads: any. Strands are woken only after the lock is free.
public abstract class WaitList implements Awaited {
    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(WaitList.class, "lock", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Why somebody will never enter; the exception is made by the strand that gets it.
    @FunctionalInterface
    public interface Refusal {
        RuntimeException exception();
    }

    /// What a waiter finds in its node when it was refused.
    private record Refused(Refusal why) {}

    private byte lock; // through SpinLock only

    // Guarded by lock.
    private final WaitQueue queue = new WaitQueue();
    private @Nullable Strand toWake; // by whoever holds the lock, after it has let go
    private @Nullable List<Strand> moreToWake;

    // ---- what a subclass decides, under the lock

    /// Why a strand that asks, or has waited, can never enter; null if it can.
    protected @Nullable Refusal refuses(Strand strand, long amount, @Nullable Object what) {
        return null;
    }

    /// Whether somebody who asks for so much may enter now.
    protected abstract boolean admits(long amount);

    /// A strand enters.
    protected abstract void admitted(Strand strand, long amount, @Nullable Object what);

    /// Lets a newcomer enter, if nobody waits.
    ///
    /// @return whether it has entered
    protected boolean arrives(Strand strand, long amount, @Nullable Object what) {
        if (!queue.isEmpty() || !admits(amount)) {
            return false;
        }
        admitted(strand, amount, what);
        return true;
    }

    /// Who keeps the others waiting, as far as it is known. Takes the lock.
    public List<Strand> holders() {
        return List.of();
    }

    /// Only some know that nobody else can let a waiter enter.
    @Override
    public Needs needs(Strand waiter) {
        return new Anybody();
    }

    // ---- entering

    /// Enters, if that is possible at once.
    public final boolean tryEnter(Strand strand, long amount, @Nullable Object what) {
        Refusal refusal;
        boolean entered;
        lock();
        try {
            refusal = refuses(strand, amount, what);
            entered = refusal == null && arrives(strand, amount, what);
        } finally {
            unlock();
        }
        if (refusal != null) {
            throw refusal.exception();
        }
        return entered;
    }

    /// Waits until the strand may enter, and enters.
    ///
    /// @param amount how much it asks for
    /// @param what what it asks with
    /// @return `amount`, or what [#passAll] made of it
    /// @throws dev.sluice.cancel.CancelledException if the strand is cancelled; it has not entered then
    public final long enter(Strand strand, long amount, @Nullable Object what) {
        strand.checkpoint();
        if (tryEnter(strand, amount, what)) {
            return amount;
        }
        Waiter waiter = prepared(strand, strand.begin(this), amount, what);
        if (!arriveOrQueue(waiter)) {
            strand.abandon(waiter.token);
            return entered(waiter);
        }
        boolean resumed = strand.await(waiter.token);
        if (!resumed && !takeBack(waiter)) {
            waiter.value = null;
            throw strand.cancelledException();
        }
        return entered(waiter);
    }

    /// Enters, however long it takes, and cancelled or not.
    public final void enterUncancellable(Strand strand, long amount, @Nullable Object what) {
        if (tryEnter(strand, amount, what)) {
            return;
        }
        Waiter waiter = prepared(strand, strand.beginUncancellable(this), amount, what);
        if (!arriveOrQueue(waiter)) {
            boolean claimed = strand.tryClaim(waiter.token);
            assert claimed : "a wait that nobody knows of has ended";
        }
        strand.awaitUncancellable(waiter.token);
        entered(waiter);
    }

    /// The strand's own node, for a wait that has begun.
    protected static Waiter prepared(Strand strand, long token, long amount, @Nullable Object what) {
        Waiter waiter = Waiter.own(strand);
        waiter.token = token;
        waiter.rank = amount;
        waiter.value = what;
        waiter.claimed = false;
        return waiter;
    }

    /// @return whether the node is in the queue; if not, its strand has entered or is refused
    private boolean arriveOrQueue(Waiter waiter) {
        lock();
        try {
            Refusal refusal = refuses(waiter.strand, waiter.rank, waiter.value);
            boolean queued = refusal == null && !arrives(waiter.strand, waiter.rank, waiter.value);
            if (queued) {
                queue.add(waiter);
            } else if (refusal != null) {
                waiter.value = new Refused(refusal);
            }
            return queued;
        } finally {
            unlock();
        }
    }

    /// Takes back a cancelled wait; those behind it may have waited for it only.
    ///
    /// @return true if it was passed before
    private boolean takeBack(Waiter waiter) {
        lock();
        try {
            boolean passed = waiter.claimed;
            if (queue.remove(waiter)) {
                advance();
            }
            return passed;
        } finally {
            unlock();
        }
    }

    /// The end of a wait that was not cancelled.
    ///
    /// @throws RuntimeException if it was refused
    protected static long entered(Waiter waiter) {
        Object value = waiter.value;
        waiter.value = null;
        if (value instanceof Refused(Refusal why)) {
            throw why.exception();
        }
        return waiter.rank;
    }

    // ---- under the lock

    public final void lock() {
        SpinLock.lock(LOCK, this);
    }

    /// Lets go of the lock and wakes those whose waits have ended.
    public final void unlock() {
        Strand first = toWake;
        if (first == null) {
            SpinLock.unlock(LOCK, this);
            return;
        }
        List<Strand> more = moreToWake;
        toWake = null;
        moreToWake = null;
        SpinLock.unlock(LOCK, this);
        first.wake();
        if (more != null) {
            more.forEach(Strand::wake);
        }
    }

    /// Lets those who wait enter, or refuses them, one after the other, as far as the state does.
    public final void advance() {
        for (Waiter waiter = queue.first(); waiter != null; waiter = queue.first()) {
            Strand strand = waiter.strand;
            long amount = waiter.rank;
            Object what = waiter.value;
            Refusal refusal = refuses(strand, amount, what);
            if (refusal == null && !admits(amount)) {
                return;
            }
            queue.remove(waiter);
            if (refusal != null) {
                waiter.value = new Refused(refusal);
            }
            // After a claim the strand may use the node for its next wait. A cancelled one does not enter.
            if (strand.tryClaim(waiter.token)) {
                wakeLater(strand);
                if (refusal == null) {
                    admitted(strand, amount, what);
                }
            }
        }
    }

    /// Ends all waits: all enter, with amounts from 0 on in their order. Even one that is being cancelled right
    /// now: its strand meets the cancellation at its next suspension.
    public final void passAll() {
        long index = 0;
        for (Waiter waiter = queue.first(); waiter != null; waiter = queue.first()) {
            queue.remove(waiter);
            waiter.rank = index++;
            waiter.claimed = true; // takeBack reads it, under the lock
            Strand strand = waiter.strand;
            if (strand.tryClaim(waiter.token)) {
                wakeLater(strand);
            }
        }
    }

    private void wakeLater(Strand strand) {
        if (toWake == null) {
            toWake = strand;
            return;
        }
        List<Strand> more = moreToWake;
        if (more == null) {
            more = new ArrayList<>();
            moreToWake = more;
        }
        more.add(strand);
    }

    /// Those who wait.
    public final WaitQueue queue() {
        return queue;
    }

    // ---- for people

    /// The names of strands; foreign code, so not under the lock.
    public static List<String> paths(List<Strand> strands) {
        return strands.stream().map(Strand::path).toList();
    }

    /// What a strand that waits is shown to wait for.
    @Override
    public String toString() {
        List<Strand> holders = holders();
        return holders.isEmpty() ? subject() : subject() + " held by " + String.join(", ", paths(holders));
    }
}
