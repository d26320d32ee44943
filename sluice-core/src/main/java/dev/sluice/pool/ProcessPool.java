package dev.sluice.pool;

import dev.sluice.loop.Loop;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A pool of processes: a coroutine for each takes calls for it.
///
///     calls ──take──▶ ProcessWorker ◀──pipes──▶ WorkerMain
///
/// Threads: any; workers on the loop on which the pool was opened.
final class ProcessPool extends WorkerPool<ProcessCall<?>> {
    /// A function of this pool.
    record Known(int id, FunctionName name, LinkedFunction linked) {}

    final ProcessPoolConfig config;

    private final ConcurrentHashMap<Class<?>, Known> functions = new ConcurrentHashMap<>();
    private final AtomicLong submitted = new AtomicLong();

    private ProcessPool(Loop loop, ProcessPoolConfig config) {
        super(loop, config.limits());
        this.config = config;
    }

    static ProcessPool open(ProcessPoolConfig config) {
        var pool = new ProcessPool(Loop.current(), config);
        pool.begin();
        return pool;
    }

    @Override
    PoolWorker newWorker(long number) {
        return new ProcessWorker(this, number);
    }

    @Override
    public <A, R> PoolTask<R> submit(PoolFunction<? super A, ? extends R> function, A argument) {
        requireOpen();
        Known known = functions.computeIfAbsent(function.getClass(), _ -> know(function));
        long id = submitted.incrementAndGet();
        var call = new ProcessCall<R>(
                this, known, id, WorkerFrame.call(id, known.id(), known.linked(), function, argument));
        enqueue(call);
        return call;
    }

    private Known know(PoolFunction<?, ?> function) {
        FunctionName name = FunctionName.of(function);
        LinkedFunction linked = LinkedFunction.of(name, function);
        return new Known(functions.size(), name, linked);
    }

    @Override
    public String toString() {
        return "pool of " + config.workers + " processes";
    }
}
