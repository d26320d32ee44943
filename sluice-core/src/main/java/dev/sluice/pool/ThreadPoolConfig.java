package dev.sluice.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How a pool of threads works: `ThreadPoolConfig.of(4).withWaiting(16)`.
///
/// Threads: immutable.
public final class ThreadPoolConfig {
    private static final Bounds BOUNDS = new Bounds("thread pool");

    final int workers;

    // Written while one is made from another, before anybody else has it.
    int least;
    Duration idle = Duration.ofSeconds(10);
    Duration grace = Duration.ofSeconds(2);
    int waiting = Bounds.WAITING;

    @Nullable Initializer<?> initializer;

    /// What each worker calls first.
    record Initializer<A>(PoolFunction<? super A, ?> function, A argument) {
        Object call() throws Exception {
            return function.apply(argument);
        }
    }

    private ThreadPoolConfig(int workers) {
        this.workers = workers;
        this.least = workers;
    }

    /// So many workers, which start at once and stay; the rest by default, as the methods say.
    ///
    /// @param workers 1 to 10 000
    public static ThreadPoolConfig of(int workers) {
        BOUNDS.require("workers", workers, 1, Bounds.MOST_WORKERS);
        return new ThreadPoolConfig(workers);
    }

    private ThreadPoolConfig copy() {
        var copy = new ThreadPoolConfig(workers);
        copy.least = least;
        copy.idle = idle;
        copy.grace = grace;
        copy.waiting = waiting;
        copy.initializer = initializer;
        return copy;
    }

    WorkerPool.Limits limits() {
        return new WorkerPool.Limits(workers, least, idle, waiting, false);
    }

    /// Only so many workers stay; more are started, up to the number of them all, when calls wait, and end when
    /// they had nothing to do for a while.
    ///
    /// @param least 0 to the number of workers
    /// @param idle that while
    public ThreadPoolConfig withLeast(int least, Duration idle) {
        BOUNDS.require("least", least, 0, workers);
        ThreadPoolConfig copy = copy();
        copy.least = least;
        copy.idle = BOUNDS.notNegative("idle", idle);
        return copy;
    }

    /// How long a cancelled function may go on before it is given up: 2 s by default. No thread can be killed:
    /// one that was given up is reported with its stack, see [dev.sluice.observe.Reports], and another takes its
    /// place.
    public ThreadPoolConfig withGrace(Duration grace) {
        ThreadPoolConfig copy = copy();
        copy.grace = BOUNDS.notNegative("grace", grace);
        return copy;
    }

    /// How many calls wait for a worker at most, and how far a map reads ahead: 256 by default.
    ///
    /// @param calls 1 to 1 000 000
    public ThreadPoolConfig withWaiting(int calls) {
        BOUNDS.require("waiting", calls, 1, Bounds.MOST_WAITING);
        ThreadPoolConfig copy = copy();
        copy.waiting = calls;
        return copy;
    }

    /// What each worker calls before anything else, on its thread. A worker where it fails has not started.
    public <A, R> ThreadPoolConfig withInitializer(PoolFunction<? super A, ? extends R> function, A argument) {
        ThreadPoolConfig copy = copy();
        copy.initializer = new Initializer<>(function, argument);
        return copy;
    }
}
