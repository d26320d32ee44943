package dev.sluice.internal.shm;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Futex;
import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.internal.strand.Selectable;
import dev.sluice.internal.strand.SpinLock;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitQueue;
import dev.sluice.internal.strand.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A word of a shared file at which strands of all processes wait, and this process's part of it.
///
///     31 … 1 how often it was rung | 0 somebody waits
///
/// *Waiting*: set bit 0, look once more whether there is something to wait for, sleep. *Ringing*: if bit 0 is
/// set, clear it, count, and wake all that sleep at the word. So who changes something while nobody waits reads
/// one word and makes no system call, and a killed process leaves at most a bit, which costs one useless wake.
/// No count of waiters has to be repaired.
///
/// In each process one thread sleeps for all its strands ([WaitThread]). It wakes one of them. That one tries,
/// and then *passes on*: if others wait here and there is still something for them, it wakes the next. A wake
/// that a killed process has swallowed is made up for by the thread, which looks again every 100 ms.
///
/// Invariant: while strands of this process wait, the bit is set, or one of them has been woken and will pass
/// on.
///
/// Threads: any. `lock` guards `queue`.
final class WaitPoint {
    private static final int WAITED_FOR = 1;
    private static final int ONE_RING = 2;

    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(WaitPoint.class, "lock", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SharedFile file;
    private final SharedMapping memory;
    private final long offset;
    private final BooleanSupplier open;
    private final BooleanSupplier isOpen = this::isOpen;
    private final WaitSpin spin;

    private byte lock; // through SpinLock only
    private final WaitQueue queue = new WaitQueue();

    /// How many are in the queue. Written under the lock; pairs with the read in passOn, which is without.
    private volatile int size;

    private boolean watched; // guarded by lock: the thread sleeps for us

    /// @param offset where the word is
    /// @param open whether somebody who waits would find something to do: cheap, and never wrong for long
    WaitPoint(SharedFile file, long offset, BooleanSupplier open) {
        this(file, offset, open, new WaitSpin(file.calls()));
    }

    /// @param spin what is known of waits there, where a point does not live long enough to learn it
    WaitPoint(SharedFile file, long offset, BooleanSupplier open, WaitSpin spin) {
        this.file = file;
        this.memory = file.memory();
        this.offset = offset;
        this.open = open;
        this.spin = spin;
    }

    /// Whether a word says that somebody waits.
    static boolean isWaitedFor(int word) {
        return (word & WAITED_FOR) != 0;
    }

    /// Suspends until there may be something to do, for nothing sometimes. Whoever has awaited calls [#passOn]
    /// when it has tried.
    ///
    /// @param blocker what the strand is shown to wait for
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    void await(Object blocker) {
        try {
            awaitMapped(blocker);
        } catch (IllegalStateException e) {
            requireLeft(e);
        }
    }

    /// Where the file is closed in the middle there is nothing to wait for, and nobody to wake.
    private void requireLeft(IllegalStateException e) {
        if (!file.hasLeft()) {
            throw e;
        }
    }

    private void awaitMapped(Object blocker) {
        Strand self = Strand.current();
        if (spin.look(self, isOpen)) {
            self.checkpoint();
            return;
        }
        Waiter waiter = Waiter.own(self);
        waiter.token = self.begin(blocker);
        waiter.claimed = false;
        enqueue(waiter);
        if (openAfterArming() && remove(waiter)) {
            self.abandon(waiter.token);
            return;
        }
        long begun = spin.sleeps();
        boolean resumed = self.await(waiter.token);
        spin.slept(begun);
        if (!resumed) {
            if (!remove(waiter)) {
                passOn(); // woken, and cancelled at the same time
            }
            throw self.cancelledException();
        }
    }

    /// Waits here as a clause of a select.
    ///
    /// @param attempt takes what there is; null if there is nothing
    <T> Selectable<T> taking(Supplier<? extends @Nullable T> attempt) {
        return new Taking<>(attempt);
    }

    /// A clause of a select: it is woken, tries, and passes on.
    ///
    /// Threads: the strand of the select.
    private final class Taking<T> implements Selectable<T> {
        private final Supplier<? extends @Nullable T> attempt;
        private @Nullable Waiter waiter; // while it may be in the queue

        Taking(Supplier<? extends @Nullable T> attempt) {
            this.attempt = attempt;
        }

        @Override
        public @Nullable T tryTake() {
            return attempt.get();
        }

        @Override
        public void register(Strand strand, long token) {
            if (isOpenOrLeft()) {
                strand.tryResume(token);
                return;
            }
            Waiter node = new Waiter(strand);
            node.token = token;
            waiter = node;
            enqueue(node);
            if (openAfterArming() && remove(node)) {
                strand.tryResume(token);
            }
        }

        @Override
        public @Nullable T withdraw() {
            Waiter node = waiter;
            waiter = null;
            if (node != null) {
                remove(node);
                try {
                    passOn(); // it may have been woken, and may be not the one that takes what there is
                } catch (IllegalStateException e) {
                    requireLeft(e);
                }
            }
            return null;
        }
    }

    private boolean isOpenOrLeft() {
        try {
            return isOpen();
        } catch (IllegalStateException e) {
            requireLeft(e);
            return true; // the next try finds the object closed
        }
    }

    private void enqueue(Waiter waiter) {
        boolean first;
        lock();
        try {
            queue.add(waiter);
            size = queue.size(); // pairs with the read in passOn
            first = !watched;
            watched = true;
        } finally {
            unlock();
        }
        if (first) {
            WaitThread.watch(this);
        }
    }

    private boolean remove(Waiter waiter) {
        lock();
        try {
            return takeOut(waiter);
        } finally {
            unlock();
        }
    }

    private boolean takeOut(Waiter waiter) {
        boolean was = queue.remove(waiter);
        size = queue.size(); // pairs with the read in passOn
        return was;
    }

    /// Says that somebody is about to sleep, and looks once more.
    ///
    /// @return whether there is something to do, and no sleep
    boolean openAfterArming() {
        try {
            arm();
            return isOpen();
        } catch (IllegalStateException e) {
            requireLeft(e);
            return true; // the caller finds the object closed
        }
    }

    private boolean isOpen() {
        try {
            return open.getAsBoolean();
        } catch (IndexOutOfBoundsException damaged) {
            return true; // whoever waits finds it, too, and says so
        }
    }

    /// Says that somebody waits.
    ///
    /// @return the word that says so
    private int arm() {
        while (true) {
            int word = word();
            // Pairs with the getIntVolatile in ring: who changes something after our look sees the bit.
            if ((word & WAITED_FOR) != 0 || memory.compareAndSetInt(offset, word, word | WAITED_FOR)) {
                return word | WAITED_FOR;
            }
        }
    }

    /// Wakes those who wait, in all processes, after something has changed.
    void ring() {
        try {
            ringMapped();
        } catch (IllegalStateException e) {
            requireLeft(e);
        }
    }

    private void ringMapped() {
        while (true) {
            int word = word(); // volatile, behind a compare-and-set: pairs with that of arm
            if ((word & WAITED_FOR) == 0) {
                return;
            }
            Steps.at("ring.clear");
            // Pairs with the compare-and-set in arm.
            if (memory.compareAndSetInt(offset, word, (word & ~WAITED_FOR) + ONE_RING)) {
                Steps.at("ring.wake");
                CallState state = file.calls().take();
                Futex.wake(state, memory.address(offset), Integer.MAX_VALUE);
                file.calls().give(state);
                return;
            }
        }
    }

    /// Lets the next one of this process try, if there is something for it.
    void passOn() {
        // Who was woken sees those who came before it was, and only it has to. Who comes later looks itself, behind
        // its arming. Pairs with the writes of size.
        if (size > 0 && openAfterArming()) {
            wakeOne();
        }
    }

    private void wakeOne() {
        Strand woken;
        lock();
        try {
            woken = claimFirst();
        } finally {
            unlock();
        }
        if (woken != null) {
            woken.wake();
        }
    }

    private @Nullable Strand claimFirst() {
        for (Waiter waiter = queue.first(); waiter != null; waiter = queue.first()) {
            takeOut(waiter);
            if (waiter.strand.tryClaim(waiter.token)) {
                return waiter.strand;
            }
        }
        return null;
    }

    /// Wakes all of this process, because the object is closed.
    void wakeAll() {
        while (true) {
            Strand woken;
            lock();
            try {
                woken = claimFirst();
            } finally {
                unlock();
            }
            if (woken == null) {
                return;
            }
            woken.wake();
        }
    }

    // ---- for the thread that sleeps

    /// Looks whether somebody must be woken, and does it.
    ///
    /// @return the word to sleep at, as it was before the look: a ring that came in the middle has changed it,
    ///     and there is no sleep
    int look() {
        int before = word(); // before the queue: whoever comes into it later looks itself, behind its arming
        if (waiting() > 0) {
            before = arm();
            if (isOpen()) {
                wakeOne();
            }
        }
        return before;
    }

    SharedFile file() {
        return file;
    }

    long address() {
        return memory.address(offset);
    }

    /// How many strands of this process wait.
    int waiting() {
        return size; // pairs with its writes
    }

    private int word() {
        return memory.getIntVolatile(offset); // pairs with the compare-and-sets in arm and ring
    }

    private void lock() {
        SpinLock.lock(LOCK, this);
    }

    private void unlock() {
        SpinLock.unlock(LOCK, this);
    }
}
