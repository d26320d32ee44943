package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;
import dev.sluice.task.Outcome;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A call of a function by a worker.
///
///     WAITING ──begin──▶ TAKEN ──finish──▶ ENDED
///        │  ◀──again──────┘ its worker has died
///        └──cancelled──▶ ENDED
///
/// Invariant: while TAKEN it has a worker, and only that worker ends it.
///
/// Threads: `begin`, `again` and `finish` by the worker that has it; cancelled by any.
abstract class WorkerCall<R> extends PoolTask<R> {
    private enum State {
        WAITING,
        TAKEN,
        ENDED
    }

    private final WorkerPool<?> pool;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING); // pairs with itself

    /// Who has it. Written before TAKEN is, read after the state was seen to be that; pairs with it.
    private volatile @Nullable PoolWorker worker;

    private int attempts; // whoever has it

    WorkerCall(WorkerPool<?> pool) {
        this.pool = pool;
    }

    @Override
    final void onCancelled(CancelReason why) {
        // Pairs with begin: either the worker sees the end, or this the worker.
        if (state.compareAndSet(State.WAITING, State.ENDED)) {
            pool.ends(true);
            end(new Outcome.Cancelled<>(why));
            return;
        }
        PoolWorker running = worker;
        if (running != null) {
            running.cancel(this);
        }
    }

    /// @return false if it has been cancelled before
    final boolean begin(PoolWorker by) {
        worker = by;
        // Pairs with onCancelled.
        return state.compareAndSet(State.WAITING, State.TAKEN);
    }

    /// Whether another worker may have a go, its worker having died.
    final boolean mayBegin(int retries) {
        return attempts++ < retries;
    }

    /// Has it wait for another worker.
    ///
    /// @return false if it has been cancelled and ends
    final boolean again() {
        worker = null;
        state.set(State.WAITING); // pairs with onCancelled, which came before it or finds it waiting
        if (cancelled().isPresent() && state.compareAndSet(State.WAITING, State.ENDED)) {
            pool.ends(true);
            end(new Outcome.Cancelled<>(cancelled().get()));
            return false;
        }
        return true;
    }

    /// Ends it: it was cancelled, or its pool was.
    final void cut(CancelReason why) {
        finish(new Outcome.Cancelled<>(why));
    }

    /// Ends it, by the worker that has it.
    final void finish(Outcome<R> outcome) {
        state.set(State.ENDED); // nobody else ends what is taken
        pool.ends(false);
        end(outcome);
    }

    /// Ends it without a result: as it was cancelled, if it was.
    final void lose(PoolException failure) {
        finish(cancelled()
                .<Outcome<R>>map(why -> new Outcome.Cancelled<>(why))
                .orElseGet(() -> new Outcome.Failed<>(failure)));
    }

    /// Ends it if it waits.
    final void loseWaiting(PoolException failure) {
        // Pairs with onCancelled and begin.
        if (state.compareAndSet(State.WAITING, State.ENDED)) {
            pool.ends(true);
            end(new Outcome.Failed<>(failure));
        }
    }
}
