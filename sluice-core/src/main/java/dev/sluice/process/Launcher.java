package dev.sluice.process;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.strand.Completion;
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

    /// One of the threads, with its way to system calls.
    private static final class Worker extends Thread {
        private final CallState calls = new CallState();

        Worker(Runnable body) {
            super(body, "sluice-launcher");
            setDaemon(true);
        }
    }

    /// How a start ended.
    private record Result(
            Launch.@Nullable Started started, @Nullable Throwable failure) {}

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

    /// Starts a program and waits for that, cancelled or not.
    static Launch.Started start(Command command) throws ProcessStartException {
        var done = new Completion<Result>();
        THREADS.execute(() -> {
            Result result;
            try {
                result = new Result(Launch.start(((Worker) Thread.currentThread()).calls, command), null);
            } catch (Throwable failure) {
                result = new Result(null, failure);
            }
            done.complete(result);
        });
        Result result = done.awaitUncancellable("start of " + command);
        if (result.started != null) {
            return result.started;
        }
        switch (result.failure) {
            case ProcessStartException failure -> throw failure;
            case Error failure -> throw failure;
            case null, default -> throw new IllegalStateException("start " + command, result.failure);
        }
    }
}
