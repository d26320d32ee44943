package dev.sluice.internal.strand;

import java.lang.invoke.VarHandle;

/// A lock for a few field accesses, held in a `byte` field of its owner: each of a million tasks has one.
///
/// The holder never suspends, never runs foreign code and never allocates much, so it lets go within
/// nanoseconds unless the operating system takes its CPU. That is why a loop thread may take it: a coroutine
/// cannot leave the loop while it holds it, and a holder on another thread goes on.
///
/// Threads: any.
public final class SpinLock {
    private static final int SPINS = 64;
    private static final byte FREE = 0;
    private static final byte HELD = 1;

    private SpinLock() {}

    public static void lock(VarHandle word, Object owner) {
        // Acquires what the last holder wrote; pairs with the release in unlock.
        while (!word.weakCompareAndSetAcquire(owner, FREE, HELD)) {
            contend(word, owner);
        }
    }

    /// Locks if nobody else has. It may fail for no reason.
    public static boolean tryLock(VarHandle word, Object owner) {
        // Acquires what the last holder wrote; pairs with the release in unlock.
        return word.weakCompareAndSetAcquire(owner, FREE, HELD);
    }

    /// Locks, unless another holds it for longer than anything under it takes.
    public static boolean lockSoon(VarHandle word, Object owner) {
        for (int spin = 0; spin < SPINS; spin++) {
            // Acquires what the last holder wrote; pairs with the release in unlock.
            if (word.weakCompareAndSetAcquire(owner, FREE, HELD)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /// Waits a little for a lock that another holds.
    ///
    /// @param nested whether the caller holds another spin lock, see [#lockNested]
    public static void contend(VarHandle word, Object owner, boolean nested) {
        if (nested) {
            Thread.onSpinWait();
        } else {
            contend(word, owner);
        }
    }

    /// Locks, for who holds another spin lock already: it keeps its thread, however long that takes, because a
    /// coroutine that left its loop would leave it to a loop thread which may need the first lock.
    public static void lockNested(VarHandle word, Object owner) {
        // Acquires what the last holder wrote; pairs with the release in unlock.
        while (!word.weakCompareAndSetAcquire(owner, FREE, HELD)) {
            Thread.onSpinWait();
        }
    }

    public static void unlock(VarHandle word, Object owner) {
        // Releases what was written under the lock; pairs with the acquire in lock.
        word.setRelease(owner, FREE);
    }

    private static void contend(VarHandle word, Object owner) {
        for (int spin = 0; spin < SPINS; spin++) {
            // Opaque: only a hint when to try again; pairs with the release in unlock.
            if ((byte) word.getOpaque(owner) == FREE) {
                return;
            }
            Thread.onSpinWait();
        }
        // The holder lost its CPU: give it ours. A coroutine lets its neighbours run meanwhile.
        Thread.yield();
    }
}
