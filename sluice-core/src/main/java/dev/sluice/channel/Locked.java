package dev.sluice.channel;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.SpinLock;
import dev.sluice.internal.strand.Standing;
import dev.sluice.internal.strand.Strand;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What guards the ends of a channel or of a broadcast: one spin lock, which a select takes together with those
/// of others. One that is confined to a loop needs none. One that has got lanes has their two locks instead,
/// for ever:
///
///     SPIN ──confineTo──▶ HOME        before it is shared
///       └──────lanes────▶ LANES       by who holds the spin lock, and never lets go of it
///
/// Threads: any. Strands are woken, and foreign code runs, only after all locks are free.
abstract class Locked implements Standing.Home {
    private static final AtomicLong NUMBERS = new AtomicLong(); // unique; ordered with nothing
    private static final byte SPIN = 0;
    private static final byte HOME = 1;
    private static final byte LANES = 2;

    private static final VarHandle LOCK;
    private static final VarHandle PASSAGE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            LOCK = lookup.findVarHandle(Locked.class, "lock", byte.class);
            PASSAGE = lookup.findVarHandle(Locked.class, "passage", Lanes.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// How a select orders the locks of several channels.
    final long number = NUMBERS.incrementAndGet();

    // Who has sent here and who has received, if that is noted.
    final @Nullable Users sentBy = Users.NOTED ? new Users() : null;
    final @Nullable Users receivedBy = Users.NOTED ? new Users() : null;

    private byte lock; // through SpinLock only
    private byte guard = SPIN; // read by any: who reads SPIN too late finds the spin lock held
    private @Nullable Lanes<?> passage; // written once, after the guard; through PASSAGE, or under its locks
    private @Nullable EventLoop home; // whose thread alone may come, without the lock; before this is shared

    private @Nullable WeakReference<Locked> weakly; // any: each that was ever here will do

    // Guarded by lock.
    private @Nullable Strand toWake;
    private @Nullable Completion<Boolean> end; // if somebody wants to know

    /// Leaves the lock out: coroutines of one loop run one at a time, and none suspends while it holds a lock.
    /// Before this is shared. Where loops have no thread of their own the lock stays.
    final void confineTo(EventLoop loop) {
        if (loop.confined()) {
            home = loop;
            guard = HOME;
        }
    }

    /// Whether only one loop may come.
    final boolean isConfined() {
        return guard == HOME;
    }

    /// @throws IllegalStateException if the caller is not on the one loop that may come
    final void checkHome() {
        EventLoop only = home;
        if (only != null && !only.onLoop()) {
            throw new IllegalStateException("use of " + this + ": thread="
                    + Thread.currentThread().getName() + ", expected a coroutine of " + only.name()
                    + ", which it is confined to");
        }
    }

    /// @throws IllegalStateException as [#checkHome]; nothing has happened then
    final void lock() {
        if (guard != SPIN || !SpinLock.tryLock(LOCK, this)) {
            lockOtherwise(false);
        }
    }

    /// Locks, for who holds the lock of another channel.
    final void lockNested() {
        if (guard != SPIN || !SpinLock.tryLock(LOCK, this)) {
            lockOtherwise(true);
        }
    }

    private void lockOtherwise(boolean nested) {
        if (guard == HOME) {
            checkHome();
            return;
        }
        Lanes<?> lanes = lanes();
        while (lanes == null) {
            SpinLock.contend(LOCK, this, nested);
            if (SpinLock.tryLock(LOCK, this)) {
                contendedOrFree();
                lanes = passage;
                if (lanes == null) {
                    return;
                }
            } else {
                lanes = lanes();
            }
        }
        lanes.lock(nested);
    }

    /// An error must not leave the lock held: who locks has not begun what frees it.
    private void contendedOrFree() {
        try {
            contended();
        } catch (Throwable failure) {
            if (passage == null) {
                SpinLock.unlock(LOCK, this);
            }
            throw failure;
        }
    }

    /// Another held the lock when the caller came, who holds it now.
    void contended() {}

    /// Gets lanes, which are locked or rest. The caller holds the spin lock, from now on for ever: who comes
    /// for it finds the lanes.
    final void split(Lanes<?> made) {
        assert guard == SPIN;
        guard = LANES;
        // Releases what is in them, and the guard; pairs with the acquire in lanes.
        PASSAGE.setRelease(this, made);
    }

    /// What values may pass through without the lock, or null.
    final @Nullable Lanes<?> lanes() {
        // Acquires what is in them; pairs with the release in split.
        return guard == LANES ? (Lanes<?>) PASSAGE.getAcquire(this) : null;
    }

    /// Lets go of the lock.
    ///
    /// @return whom to wake
    final @Nullable Strand unlock() {
        Strand wake = takeWake();
        if (guard == SPIN) {
            SpinLock.unlock(LOCK, this);
        } else {
            unlockOtherwise();
        }
        return wake;
    }

    private void unlockOtherwise() {
        Lanes<?> lanes = passage;
        if (lanes != null) {
            lanes.unlock();
        }
    }

    /// This, for who must not keep it.
    final WeakReference<Locked> weakly() {
        WeakReference<Locked> known = weakly;
        if (known == null) {
            known = new WeakReference<>(this);
            weakly = known;
        }
        return known;
    }

    @Override
    public final void takeOut(Standing.Place place) {
        lock();
        place.leave();
        Strand wake = unlock();
        assert wake == null;
    }

    /// Has a strand woken by whoever lets go of the lock. The caller holds it.
    final void wakeLater(Strand claimed) {
        assert toWake == null : "one step wakes one strand";
        toWake = claimed;
    }

    /// Whom [#wakeLater] has named. The caller holds the lock.
    final @Nullable Strand takeWake() {
        Strand wake = toWake;
        toWake = null;
        return wake;
    }

    /// Whether no value is taken any more. The caller holds the lock.
    abstract boolean endedLocked();

    /// What is completed when no value is taken any more.
    final Completion<Boolean> ending() {
        lock();
        Completion<Boolean> known = end;
        if (known == null) {
            known = new Completion<>();
            end = known;
        }
        boolean over = endedLocked();
        unlock();
        if (over) {
            known.complete(true);
        }
        return known;
    }

    /// Completes what [#ending] has promised. The caller holds no lock.
    final void tellEnd() {
        lock();
        Completion<Boolean> promised = end;
        unlock();
        if (promised != null) {
            promised.complete(true);
        }
    }

    /// What is left to do after each step, when the caller holds no lock at all.
    void settle() {}
}
