package dev.sluice.internal.strand;

import dev.sluice.internal.sched.VirtualThreads;
import java.util.LinkedHashSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A bounded number of platform threads for work that blocks or computes.
///
/// The caller suspends until a thread is free, in the order of arrival, and until the work has ended.
/// Cancelling the caller interrupts the work and still waits for its end: nothing goes on behind the back of
/// its scope.
///
/// Invariants: `running + free permits = threads`; a waiter is in the queue, or holds a permit, or has given it
/// back.
/// Threads: any but a bare loop thread. `lock` guards `free` and `waiting`.
public final class Offloader {
    private static final long KEEP_ALIVE_SECONDS = 10;

    private final int threads;
    private final ThreadPoolExecutor pool;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private int free;
    private final LinkedHashSet<Completion<Boolean>> waiting = new LinkedHashSet<>();

    public Offloader(int threads) {
        this.threads = threads;
        this.free = threads;
        // The permits are the bound. A worker that has given its permit back is still on its way to its next
        // work, so there may be a few more workers than permits.
        this.pool = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Offloader::thread);
    }

    private static Thread thread(Runnable body) {
        return Thread.ofPlatform().daemon().name("sluice-offload").unstarted(body);
    }

    /// What is offloaded.
    @FunctionalInterface
    public interface Work<T, X extends Exception> {
        T call() throws X;
    }

    /// Calls a body on another thread and waits for it.
    ///
    /// @throws X what the body threw
    public <T, X extends Exception> T call(Work<T, X> body) throws X {
        Strand caller = Strand.current();
        var job = new Job<T, X>(caller, body);
        acquire();
        boolean begun = false;
        try {
            job.begins();
            begun = true;
            pool.execute(job);
        } catch (Throwable e) {
            if (begun) {
                job.abandon();
            }
            release();
            if (e instanceof RejectedExecutionException) {
                throw new IllegalStateException("offload from " + caller.path() + ": its loops have been closed", e);
            }
            throw e;
        }
        return job.await();
    }

    private void acquire() {
        Completion<Boolean> turn;
        Strand.current().checkpoint();
        lock.lock();
        try {
            if (free > 0) {
                free--;
                return;
            }
            turn = new Completion<>();
            waiting.add(turn);
        } finally {
            lock.unlock();
        }
        try {
            turn.await("one of " + threads + " offload threads");
        } catch (Throwable e) {
            forget(turn);
            // Completing it ourselves refuses a permit that is on its way; if it came first it is passed on.
            if (!turn.complete(false)) {
                release();
            }
            throw e;
        }
    }

    private void forget(Completion<Boolean> turn) {
        lock.lock();
        try {
            waiting.remove(turn);
        } finally {
            lock.unlock();
        }
    }

    private void release() {
        while (true) {
            Completion<Boolean> next;
            lock.lock();
            try {
                if (waiting.isEmpty()) {
                    free++;
                    return;
                }
                next = waiting.removeFirst();
            } finally {
                lock.unlock();
            }
            if (next.complete(true)) {
                return;
            }
        }
    }

    /// Ends the idle threads; what runs is interrupted.
    public void close() {
        pool.shutdownNow();
    }

    /// One call, as the strand of the thread that runs it: deadlines, cancellation and locals of the caller
    /// hold inside.
    private final class Job<T, X extends Exception> extends Strand implements Runnable {
        private final Strand caller;
        private final Work<T, X> body;
        private final @Nullable Object scopedValues = VirtualThreads.scopedValues();
        private final Completion<Result<T>> completion = new Completion<>();

        Job(Strand caller, Work<T, X> body) {
            super(caller.scope(), caller.loop(), caller.locals());
            this.caller = caller;
            this.body = body;
        }

        @Override
        public void run() {
            Thread worker = Thread.currentThread();
            adopt(worker);
            started();
            Object before = VirtualThreads.swapScopedValues(scopedValues);
            Result<T> result;
            try {
                result = new Result<>(body.call(), null);
            } catch (Throwable failure) {
                result = new Result<>(null, failure);
            }
            IllegalStateException complaint = leaveForgotten();
            if (complaint != null) {
                result = result.with(complaint);
            }
            VirtualThreads.swapScopedValues(before);
            ended();
            disown(worker);
            release();
            completion.complete(result);
        }

        /// The job was never handed to a thread.
        void abandon() {
            ended();
        }

        @SuppressWarnings({"NullAway", "unchecked"}) // a body that returned null; and what it threw is X or unchecked
        T await() throws X {
            Result<T> result = completion.awaitUncancellable(this);
            Throwable failure = result.failure;
            if (failure == null) {
                return result.value;
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw (X) failure;
        }

        @Override
        public boolean isOffloaded() {
            return true;
        }

        @Override
        public String path() {
            return caller.path() + " (offloaded)";
        }

        @Override
        public String toString() {
            return "offloaded work";
        }
    }

    /// Either a value or a failure.
    private record Result<T>(@Nullable T value, @Nullable Throwable failure) {
        Result<T> with(Throwable further) {
            if (failure == null) {
                return new Result<>(null, further);
            }
            failure.addSuppressed(further);
            return this;
        }
    }
}
