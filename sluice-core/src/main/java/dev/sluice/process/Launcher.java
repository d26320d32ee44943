package dev.sluice.process;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.LinuxSupport;
import dev.sluice.internal.linux.Spawn;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Scope;
import dev.sluice.internal.strand.Strand;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The few threads that start programs. The kernel holds the starter until the child has become its program,
/// which a loop cannot wait for; more than a few at once only get in each other's way.
final class Launcher {
    private static final long KEEP_ALIVE_SECONDS = 10;
    private static final ExecutorService THREADS = threads();

    private Launcher() {}

    /// How to start a program.
    interface Start<T> {
        T start(CallState calls) throws ProcessStartException;
    }

    /// How a start ended; neither if it was not begun.
    private record Result<T>(@Nullable T started, @Nullable Throwable failure) {}

    /// One of the threads, with its way to system calls.
    private static final class Worker extends Thread {
        private final CallState calls = new CallState();

        Worker(Runnable body) {
            super(body, "sluice-launcher");
            setDaemon(true);
            if (LinuxSupport.callsRefused() == null) {
                Spawn.keepExits();
            }
        }
    }

    private static ExecutorService threads() {
        int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);
        var threads = new ThreadPoolExecutor(
                count, count, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Worker::new);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /// Runs something else that blocks for a short while.
    static void execute(Runnable body) {
        THREADS.execute(body);
    }

    /// Starts a program and waits for that. A start that has begun is waited for, cancelled or not.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller was cancelled before it began
    static <T> T start(Command command, Start<T> start) throws ProcessStartException {
        Strand caller = Strand.current();
        Scope scope = caller.scope();
        var done = new Completion<Result<T>>();
        THREADS.execute(() -> done.complete(scope.reason() == null ? run(start) : new Result<>(null, null)));
        Result<T> result = done.awaitUncancellable("start of " + command);
        if (result.started != null) {
            return result.started;
        }
        switch (result.failure) {
            case null -> {
                caller.checkpoint();
                throw new IllegalStateException("start " + command + ": not begun, and not cancelled");
            }
            case ProcessStartException failure -> throw failure;
            case Error failure -> throw failure;
            case Throwable failure -> throw new IllegalStateException("start " + command + ": " + failure, failure);
        }
    }

    private static <T> Result<T> run(Start<T> start) {
        try {
            return new Result<>(start.start(((Worker) Thread.currentThread()).calls), null);
        } catch (Throwable failure) {
            return new Result<>(null, failure);
        }
    }
}
