package dev.sluice.pool;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How a pool of processes works: `ProcessPoolConfig.of(4).withHeap(256 << 20)`.
///
/// Threads: immutable.
public final class ProcessPoolConfig {
    private static final Bounds BOUNDS = new Bounds("process pool");

    final int workers;

    // Written while one is made from another, before anybody else has it.
    int least;
    Duration idle = Duration.ofSeconds(10);
    Duration grace = Duration.ofSeconds(2);
    int waiting = Bounds.WAITING;
    int retries;
    int callsPerWorker = Integer.MAX_VALUE;
    boolean together; // calls wait for each other
    List<String> jvmFlags = List.of();

    @Nullable String classPath;

    @Nullable Initializer<?> initializer;

    Consumer<String> output = System.err::println;

    /// What each worker calls first.
    record Initializer<A>(FunctionName name, PoolFunction<? super A, ?> function, A argument) {
        ByteBuffer frame(int number) {
            return WorkerFrame.call(0, number, LinkedFunction.of(name, function), function, argument);
        }
    }

    private ProcessPoolConfig(int workers) {
        this.workers = workers;
        this.least = workers;
    }

    /// So many workers, which start at once and stay; the rest by default, as the methods say.
    ///
    /// @param workers 1 to 10 000
    public static ProcessPoolConfig of(int workers) {
        BOUNDS.require("workers", workers, 1, Bounds.MOST_WORKERS);
        return new ProcessPoolConfig(workers);
    }

    WorkerPool.Limits limits() {
        return new WorkerPool.Limits(workers, least, idle, waiting, together);
    }

    private ProcessPoolConfig copy() {
        var copy = new ProcessPoolConfig(workers);
        copy.least = least;
        copy.idle = idle;
        copy.grace = grace;
        copy.waiting = waiting;
        copy.retries = retries;
        copy.callsPerWorker = callsPerWorker;
        copy.together = together;
        copy.jvmFlags = jvmFlags;
        copy.classPath = classPath;
        copy.initializer = initializer;
        copy.output = output;
        return copy;
    }

    /// Only so many workers stay; more are started, up to the number of them all, when calls wait, and end when
    /// they had nothing to do for a while.
    ///
    /// @param least 0 to the number of workers
    /// @param idle that while
    public ProcessPoolConfig withLeast(int least, Duration idle) {
        BOUNDS.require("least", least, 0, workers);
        ProcessPoolConfig copy = copy();
        copy.least = least;
        copy.idle = BOUNDS.notNegative("idle", idle);
        return copy;
    }

    /// How long a cancelled function may go on before its worker is killed, and a worker may take to end: 2 s
    /// by default.
    public ProcessPoolConfig withGrace(Duration grace) {
        ProcessPoolConfig copy = copy();
        copy.grace = BOUNDS.notNegative("grace", grace);
        return copy;
    }

    /// How many calls wait for a worker at most, and how far a map reads ahead: 256 by default.
    ///
    /// @param calls 1 to 1 000 000
    public ProcessPoolConfig withWaiting(int calls) {
        BOUNDS.require("waiting", calls, 1, Bounds.MOST_WAITING);
        ProcessPoolConfig copy = copy();
        copy.waiting = calls;
        return copy;
    }

    /// How often a call is given to another worker when its worker has died in the middle: not once by default,
    /// for it may have had an effect.
    ///
    /// @param retries 0 to 100
    public ProcessPoolConfig withRetries(int retries) {
        BOUNDS.require("retries", retries, 0, 100);
        ProcessPoolConfig copy = copy();
        copy.retries = retries;
        return copy;
    }

    /// After how many calls a worker is replaced: never by default.
    ///
    /// @param calls at least 1
    public ProcessPoolConfig withCallsPerWorker(int calls) {
        BOUNDS.require("calls per worker", calls, 1, Integer.MAX_VALUE);
        ProcessPoolConfig copy = copy();
        copy.callsPerWorker = calls;
        return copy;
    }

    /// Calls that wait for each other, each for a worker of its own: what no worker can be started for fails,
    /// though others run.
    ProcessPoolConfig withCallsTogether() {
        ProcessPoolConfig copy = withRetries(0);
        copy.together = true;
        return copy;
    }

    /// The heap of each worker; else what its JVM takes.
    ///
    /// @param bytes at least 2 MiB
    public ProcessPoolConfig withHeap(long bytes) {
        if (bytes < 2 << 20) {
            throw new IllegalArgumentException("process pool: heap=" + bytes + ", expected 2097152 bytes or more");
        }
        return withJvmFlags("-Xmx" + bytes);
    }

    /// With more flags for the workers' JVMs, behind those before.
    public ProcessPoolConfig withJvmFlags(String... flags) {
        ProcessPoolConfig copy = copy();
        copy.jvmFlags =
                Stream.concat(jvmFlags.stream(), List.of(flags).stream()).toList();
        return copy;
    }

    /// Where workers find their classes, Sluice's among them; else this process's class path and module path.
    public ProcessPoolConfig withClassPath(String classPath) {
        ProcessPoolConfig copy = copy();
        copy.classPath = classPath;
        return copy;
    }

    /// What each worker calls before anything else. A worker where it fails has not started.
    public <A, R> ProcessPoolConfig withInitializer(PoolFunction<? super A, ? extends R> function, A argument) {
        ProcessPoolConfig copy = copy();
        copy.initializer = new Initializer<>(FunctionName.of(function), function, argument);
        return copy;
    }

    /// Where each line goes that a worker prints to its standard output or error, behind `[worker 3] `:
    /// standard error by default. It is called on the pool's loop and must not block for long.
    public ProcessPoolConfig withOutput(Consumer<String> output) {
        ProcessPoolConfig copy = copy();
        copy.output = output;
        return copy;
    }
}
