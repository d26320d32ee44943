package dev.sluice.internal.shm;

import static java.time.Duration.ofMillis;

import dev.sluice.space.Space;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A thread that opens a space again and again, and is killed each time, at a random step of what it does
/// there.
///
/// Threads: its own, and the test's.
abstract class Doomed extends Thread {
    /// It dies at one of so many steps.
    private static final int LIFE = 100;

    private final String address;
    private final Random steps;
    private boolean resting; // its own thread's
    private volatile boolean over; // pairs with itself: set once, by the test
    private final AtomicLong deaths = new AtomicLong();
    private volatile @Nullable Throwable wrong; // pairs with itself: set once, as it ends

    Doomed(String address, long seed) {
        this.address = address;
        this.steps = new Random(seed);
    }

    private static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    /// Opens what it uses; here it does not die.
    abstract void open(Space victim);

    /// Uses it, until it dies, or it [#isOver].
    abstract void live(Space victim);

    @Override
    public final void run() {
        try {
            while (!over) {
                dieOnce();
                deaths.incrementAndGet();
            }
        } catch (Throwable e) {
            wrong = e;
        }
    }

    private void dieOnce() {
        ShmSpace victim = (ShmSpace) Space.open(address);
        open(victim);
        Steps.watch(label -> {
            if (Thread.currentThread() == this && !resting && steps.nextInt(LIFE) == 0) {
                throw new Death();
            }
        });
        try {
            live(victim);
        } catch (Death end) {
            // as planned
        } finally {
            Steps.unwatch();
            victim.abandon();
        }
    }

    /// Waits until something is so, for up to 20 ms. It does not die meanwhile: what waits would stay begun.
    final boolean rest(Action<RuntimeException> wait) {
        resting = true;
        try {
            return Deadline.after(ofMillis(20)).tryRun(wait);
        } finally {
            resting = false;
        }
    }

    final boolean isOver() {
        return over;
    }

    /// It begins nothing more.
    final void end() {
        over = true;
    }

    /// How often it has died.
    final long deaths() {
        return deaths.get();
    }

    /// What went wrong besides.
    final @Nullable Throwable wrong() {
        return wrong;
    }
}
