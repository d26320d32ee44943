package dev.sluice.internal.shm;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Futex;
import dev.sluice.internal.linux.Memory;
import dev.sluice.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The thread of this process that sleeps at the words of its shared files, for all strands that wait there: a
/// coroutine that slept in the kernel would hold its loop. It also does what must be done from time to time, so
/// that nothing depends on the dead.
///
/// It begins with the first file that is opened and ends with the last that is closed. It sleeps at up to 127
/// words and at one of its own, by which it is told of new ones (`futex_waitv`, Linux 5.16; before, and for
/// more words, it looks every millisecond).
///
/// Threads: any. `LOCK` guards whether the thread runs.
final class WaitThread {
    /// How often is looked after what nobody rings for, while somebody waits.
    static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long IDLE_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FALLBACK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long SLEPT_AT = 1;

    private static final ReentrantLock LOCK = new ReentrantLock(); // of strands and the thread, never of a bare loop
    private static final List<WaitPoint> POINTS = new CopyOnWriteArrayList<>();
    private static final List<Chores> CHORES = new CopyOnWriteArrayList<>();

    /// The word by which the thread is told of new words; kept for ever.
    private static final long KICKED = Memory.allocate(Integer.BYTES);

    private static final Calls CALLS = new Calls();
    private static boolean running; // guarded by LOCK

    private WaitThread() {}

    /// What an open object does from time to time.
    interface Chores {
        /// Looks after what the dead left and what is due. Does not wait.
        ///
        /// @return how long until there may be something to do, in nanoseconds
        long doChores();

        /// The object's file.
        SharedFile file();
    }

    /// Does the chores of an object from now on.
    static void add(Chores chores) {
        LOCK.lock();
        try {
            CHORES.add(chores);
            if (!running) {
                running = true;
                Thread.ofPlatform().daemon().name("sluice-shared-memory").start(WaitThread::run);
            }
        } finally {
            LOCK.unlock();
        }
    }

    /// Sleeps for the strands at a word from now on.
    static void watch(WaitPoint point) {
        POINTS.add(point);
        kick();
    }

    /// Sleeps for nobody at a word any more, whose object stays.
    static void forget(WaitPoint point) {
        POINTS.remove(point);
    }

    /// Forgets an object; when this returns it may be unmapped.
    static void remove(Chores chores, List<WaitPoint> points) {
        POINTS.removeAll(points);
        CHORES.remove(chores);
        chores.file().leaveTending();
        kick();
    }

    private static void kick() {
        CallState state = CALLS.take();
        while (true) {
            int now = Memory.getIntAcquire(KICKED); // pairs with the compare-and-set below
            if (Memory.compareAndSetInt(KICKED, now, now + 1)) { // pairs with the getIntAcquire in run
                break;
            }
        }
        Futex.wake(state, KICKED, 1);
        CALLS.give(state);
    }

    private static void run() {
        CallState state = new CallState();
        Futex.Words words = new Futex.Words();
        boolean several = true;
        long nextChores = Clock.system().nanoTime();
        while (true) {
            int kicked = Memory.getIntAcquire(KICKED); // pairs with the compare-and-set in kick
            words.clear();
            words.add(KICKED, kicked);
            if (mayEnd()) {
                return;
            }
            long start = Clock.system().nanoTime();
            if (!POINTS.isEmpty()) {
                nextChores = Math.min(nextChores, start + TICK_NANOS); // somebody may have begun to wait meanwhile
            }
            if (start - nextChores >= 0) {
                nextChores = start + doChores();
            }
            boolean all = lookAtWords(words);
            long now = Clock.system().nanoTime();
            if (several && all) {
                several = words.await(state, nextChores) != -Errno.ENOSYS;
            } else {
                Futex.await(state, KICKED, kicked, Math.min(FALLBACK_NANOS, Math.max(0, nextChores - now)));
            }
        }
    }

    private static boolean mayEnd() {
        LOCK.lock();
        try {
            running = !CHORES.isEmpty();
            return !running;
        } finally {
            LOCK.unlock();
        }
    }

    private static long doChores() {
        long least = POINTS.isEmpty() ? IDLE_TICK_NANOS : TICK_NANOS;
        for (Chores chores : CHORES) {
            least = Math.min(least, chores.file().tend(chores::doChores, IDLE_TICK_NANOS));
        }
        return least;
    }

    /// @return whether there was room for all of them
    private static boolean lookAtWords(Futex.Words words) {
        boolean all = true;
        for (WaitPoint point : POINTS) {
            all &= point.file().tend(() -> lookAt(point, words), SLEPT_AT) == SLEPT_AT;
        }
        return all;
    }

    private static long lookAt(WaitPoint point, Futex.Words words) {
        int word = point.look();
        if (!words.hasRoom()) {
            return 0;
        }
        words.add(point.address(), word);
        return SLEPT_AT;
    }
}
