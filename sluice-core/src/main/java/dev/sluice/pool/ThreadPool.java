package dev.sluice.pool;

import dev.sluice.loop.Loop;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// A pool of threads: each takes its calls itself.
///
/// Threads: any.
final class ThreadPool extends WorkerPool<ThreadCall<?>> {
    final ThreadPoolConfig config;

    private final ConcurrentHashMap<Class<?>, String> names = new ConcurrentHashMap<>(); // of functions

    private ThreadPool(Loop loop, ThreadPoolConfig config) {
        super(loop, config.limits());
        this.config = config;
    }

    static ThreadPool open(ThreadPoolConfig config) {
        var pool = new ThreadPool(Loop.current(), config);
        pool.begin();
        return pool;
    }

    @Override
    PoolWorker newWorker(long number) {
        return new ThreadWorker(this, number);
    }

    @Override
    public <A, R> PoolTask<R> submit(PoolFunction<? super A, ? extends R> function, A argument) {
        requireOpen();
        Objects.requireNonNull(argument, "argument of a call");
        String name = names.computeIfAbsent(function.getClass(), _ -> FunctionName.shown(function));
        var call = new ThreadCall<R>(this, name, () -> function.apply(argument));
        enqueue(call);
        return call;
    }

    @Override
    public String toString() {
        return "pool of " + config.workers + " threads";
    }
}
