package dev.sluice.internal.strand;

import dev.sluice.internal.loop.EventLoop;
import org.jspecify.annotations.Nullable;

/// A call that a thread of a pool runs: the strand of that thread while it does, below the root of its loops and
/// no task. So it can be cancelled by itself, what it holds is given back when it ends, and its waits go by the
/// clock of a loop.
///
/// Threads: made and run by the thread; the rest as for each strand.
public abstract class CallStrand extends Strand {
    /// @param loop whose clock and timers it uses
    protected CallStrand(RootStrand root, EventLoop loop) {
        super(root, loop, null);
    }

    /// What is run.
    @FunctionalInterface
    public interface Body<T> {
        T call() throws Exception;
    }

    /// Runs a body as this strand; once.
    ///
    /// @throws Exception what the body threw; [IllegalStateException] if it left a scope open
    protected final <T> T run(Body<T> body) throws Exception {
        Thread worker = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = worker.getUncaughtExceptionHandler();
        adopt(worker); // first: who looks at the children of the root finds none without a thread
        begins();
        started();
        Throwable failure = null;
        try {
            checkpoint();
            return body.call();
        } catch (Throwable failed) {
            failure = failed;
            throw failed;
        } finally {
            IllegalStateException complaint = leaveForgotten();
            ended();
            disown(worker);
            worker.setUncaughtExceptionHandler(before);
            complain(complaint, failure);
        }
    }

    private static void complain(@Nullable IllegalStateException complaint, @Nullable Throwable failure) {
        if (complaint == null) {
            return;
        }
        if (failure == null) {
            throw complaint;
        }
        failure.addSuppressed(complaint);
    }

    @Override
    public boolean isOffloaded() {
        return true;
    }
}
