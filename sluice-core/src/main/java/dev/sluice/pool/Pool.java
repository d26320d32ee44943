package dev.sluice.pool;

import dev.sluice.flow.Generator;

/// Workers that run functions for others.
///
/// ```java
/// try (Pool pool = Pool.processes(4)) {
///     for (boolean prime : pool.map(Primes::isPrime, numbers)) show(prime);   // in order, as they come
/// }
/// ```
///
/// **Bounded.** So many calls wait for a worker at most; then those who call wait, too. A map reads its input
/// only as far ahead of its results as the same limit says.
///
/// **Failures.** What a function throws comes out of waiting for its call as a
/// [dev.sluice.task.TaskFailedException], whose cause is a [FunctionFailedException]. When a worker process
/// dies, by `kill -9`, `System.exit` or for lack of memory, only the call that it was running fails, with a
/// [WorkerDiedException]; calls that had not begun go to another worker.
///
/// **Cancellation** reaches the worker: the thread that runs the function is interrupted, and its suspensions
/// throw. What the function then throws counts as its cancellation, what it returns as its result. One that
/// does not end within the grace of the pool is given up.
///
/// **Its end.** A pool belongs to the scope in which it was opened, by a coroutine, and ends with it at the
/// latest. [#close] cancels all calls that have not ended.
///
/// Threads: opened by a coroutine; used by any.
public interface Pool extends AutoCloseable {
    /// A pool of processes, each a JVM of its own with the classes of this one, see
    /// [#processes(ProcessPoolConfig)].
    ///
    /// @param workers 1 to 10 000
    static Pool processes(int workers) {
        return processes(ProcessPoolConfig.of(workers));
    }

    /// A pool of processes that run functions known by name to both sides, see [PoolFunction]. Arguments and
    /// results travel as CBOR, so their types are those that [dev.sluice.codec.Cbor] knows, up to 1 MiB each,
    /// and not null.
    ///
    /// Workers die with this process, however it ends. What they print goes where the
    /// configuration says.
    ///
    /// @throws IllegalStateException if the caller is not a coroutine
    static Pool processes(ProcessPoolConfig config) {
        return ProcessPool.open(config);
    }

    /// A pool of threads of this process, see [#threads(ThreadPoolConfig)].
    ///
    /// @param workers 1 to 10 000
    static Pool threads(int workers) {
        return threads(ThreadPoolConfig.of(workers));
    }

    /// A pool of threads of this process, for what computes or blocks: each call runs on a platform thread and
    /// holds up no loop.
    ///
    /// Any function will do, also a lambda that captures. Arguments and results are handed over as they are,
    /// not copied: do not change them afterwards. They are not null.
    ///
    /// A function may use whatever a coroutine may, and its waits block its worker only. It sees none of the
    /// caller's task locals and deadlines: those of [#call] reach it as a cancellation. What it takes from a
    /// space or a lock and does not give back is given back when the call ends. A function that waits for
    /// another call of its own pool may wait for ever: the workers may all do that.
    ///
    /// No thread can be killed: a function that ignores its cancellation for longer than the grace is reported
    /// and goes on alone, while its call ends and another thread takes the worker's place. A function that ends
    /// the process, ends all of it; for functions that may, there are [#processes(int)].
    ///
    /// @throws IllegalStateException if the caller is not a coroutine
    static Pool threads(ThreadPoolConfig config) {
        return ThreadPool.open(config);
    }

    /// Calls a function and waits for its result. Cancelling the caller, or a deadline around it, cancels the
    /// call and waits for its end.
    ///
    /// @throws dev.sluice.task.TaskFailedException if the function threw, or its worker died
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled, or the pool is closed meanwhile
    /// @throws IllegalArgumentException if the pool cannot run such a function, see [PoolFunction]
    /// @throws IllegalStateException if the pool has been closed
    <A, R> R call(PoolFunction<? super A, ? extends R> function, A argument);

    /// Hands a call to the pool; suspends the caller only while as many calls wait as the pool holds.
    ///
    /// The call belongs to the pool: neither the end of the caller nor its cancellation ends it.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; the call was not taken then
    /// @throws IllegalArgumentException if the pool cannot run such a function, see [PoolFunction]
    /// @throws IllegalStateException if the pool has been closed
    <A, R> PoolTask<R> submit(PoolFunction<? super A, ? extends R> function, A argument);

    /// Calls a function for each input, and gives the results in the order of the inputs, each as soon as it
    /// and those before are there.
    ///
    /// Inputs are asked for by a coroutine of the pool's loop, which may suspend in them: a channel will do.
    /// Nothing happens before the first result is asked for. A call that fails ends the generator at its place,
    /// with [dev.sluice.task.TaskFailedException]. Closing the generator cancels what runs, and waits for it.
    <A, R> Generator<R> map(PoolFunction<? super A, ? extends R> function, Iterable<? extends A> inputs);

    /// As [#map], but each result as soon as it is there, whatever its place.
    <A, R> Generator<R> mapUnordered(PoolFunction<? super A, ? extends R> function, Iterable<? extends A> inputs);

    /// As [#mapUnordered], but each with its input, and failures as values: nothing but the end of the inputs
    /// ends it.
    <A, R> Generator<Completed<A, R>> asCompleted(
            PoolFunction<? super A, ? extends R> function, Iterable<? extends A> inputs);

    /// One reading, for people.
    PoolStatistics statistics();

    /// Cancels all calls, ends the workers, and waits for that, cancelled or not. Once is enough, more is no
    /// error.
    @Override
    void close();
}
