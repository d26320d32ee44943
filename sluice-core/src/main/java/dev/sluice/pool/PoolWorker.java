package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;

/// What a pool sees of one of its workers.
///
/// Threads: `run` by a coroutine of the worker's own; the rest any.
interface PoolWorker {
    /// The worker's life: takes calls until there are no more for it, or it dies.
    void run();

    /// Whether it has started and takes calls.
    boolean isReady();

    /// Has a call that it runs end; gives it up, and itself, if that takes longer than the grace. Does not
    /// wait.
    void cancel(WorkerCall<?> call);

    /// Ends what runs. Does not wait.
    void poolCloses(CancelReason why);
}
