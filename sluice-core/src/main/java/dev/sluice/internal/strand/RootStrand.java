package dev.sluice.internal.strand;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.observe.Report;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The scope above everything that runs on a group of loops, and the count of what runs directly below it.
///
/// It has no thread and waits for nothing; it is a strand because each scope has one.
///
/// Threads: any but a bare loop thread. `lock` guards `live` and `closed`.
public final class RootStrand extends Strand {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();

    // Guarded by lock.
    private int live;
    private boolean closed;

    public RootStrand() {
        super();
    }

    /// Announces a task below the root.
    ///
    /// @throws IllegalStateException if the loops have been closed
    public void taskStarts(String name) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("start task " + name + ": its loops have been closed");
            }
            live++;
        } finally {
            lock.unlock();
        }
    }

    /// A task below the root has ended.
    public void taskEnded() {
        lock.lock();
        try {
            assert live > 0;
            if (--live == 0) {
                empty.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Refuses further tasks.
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until nothing is left below the root.
    ///
    /// @return false if the time was over first, or the caller was interrupted
    public boolean awaitEmpty(Duration limit) {
        lock.lock();
        try {
            long left = EventLoop.nanos(limit);
            while (live > 0) {
                if (left <= 0) {
                    return false;
                }
                left = empty.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Runs an action in a coroutine directly below the root.
    public void launch(EventLoop loop, String name, Runnable action) {
        taskStarts(name);
        try {
            new LooseTask(this, loop, name, action).start();
        } catch (Throwable e) {
            taskEnded();
            throw e;
        }
    }

    @Override
    public String path() {
        return "loops";
    }

    /// A coroutine that nobody waits for.
    private static final class LooseTask extends Strand implements Runnable {
        private final RootStrand root;
        private final String name;
        private final Runnable action;

        LooseTask(RootStrand root, EventLoop loop, String name, Runnable action) {
            super(root, loop, null);
            this.root = root;
            this.name = name;
            this.action = action;
        }

        void start() {
            EventLoop loop = loop();
            assert loop != null;
            begins();
            try {
                Thread coroutine = loop.coroutine(name, this);
                attach(coroutine);
                coroutine.start();
            } catch (Throwable failure) {
                ended();
                throw failure;
            }
        }

        @Override
        public void run() {
            started();
            try {
                action.run();
            } catch (Throwable failure) {
                if (!explains(failure)) {
                    report(failure);
                } else {
                    reportThoseIn(failure);
                }
            } finally {
                IllegalStateException complaint = leaveForgotten();
                if (complaint != null) {
                    report(complaint);
                }
                ended();
                root.taskEnded();
            }
        }

        /// Reports what a cancellation carries, such as the failures of tasks, which would vanish with it.
        private void reportThoseIn(Throwable cancellation) {
            for (Throwable carried : cancellation.getSuppressed()) {
                if (!explains(carried)) {
                    report(carried);
                }
            }
        }

        private void report(Throwable failure) {
            EventLoop loop = loop();
            assert loop != null;
            loop.report(new Report.UnobservedFailure(name, failure));
        }

        @Override
        public String path() {
            return name;
        }
    }
}
