package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;
import dev.sluice.codec.CodecException;
import dev.sluice.task.Outcome;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A call of a function in another process.
///
///     WAITING ──begin──▶ TAKEN ──end──▶ ENDED
///        │  ◀──again──────┘ its worker has died
///        └──cancelled──▶ ENDED
///
/// Invariant: while TAKEN it has a worker, and only the coroutine of that worker ends it.
///
/// Threads: `begin`, `again` and `end` by the coroutine of a worker; cancelled by any.
final class ProcessCall<R> extends PoolTask<R> {
    private enum State {
        WAITING,
        TAKEN,
        ENDED
    }

    final long id;
    final int function;
    final FunctionName functionName;
    final ByteBuffer frame; // read through duplicates

    private final ProcessPool pool;
    private final LinkedFunction linked;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING); // pairs with itself

    /// Who has it. Written before TAKEN is, read after the state was seen to be that; pairs with it.
    private volatile @Nullable ProcessWorker worker;

    private int attempts; // the worker's coroutine

    ProcessCall(ProcessPool pool, ProcessPool.Known known, long id, ByteBuffer frame) {
        this.pool = pool;
        this.id = id;
        this.function = known.id();
        this.functionName = known.name();
        this.linked = known.linked();
        this.frame = frame;
    }

    @Override
    public String name() {
        return functionName.shown();
    }

    @Override
    void onCancelled(CancelReason why) {
        // Pairs with begin: either the worker's coroutine sees the end, or this the worker.
        if (state.compareAndSet(State.WAITING, State.ENDED)) {
            end(new Outcome.Cancelled<>(why));
            pool.endedWaiting();
            return;
        }
        ProcessWorker running = worker;
        if (running != null) {
            running.cancel(this);
        }
    }

    /// @return false if it has been cancelled before
    boolean begin(ProcessWorker by) {
        worker = by;
        // Pairs with onCancelled.
        return state.compareAndSet(State.WAITING, State.TAKEN);
    }

    /// Whether another worker may have a go, its worker having died.
    boolean mayBegin(int retries) {
        return attempts++ < retries;
    }

    /// Has it wait for another worker.
    ///
    /// @return false if it has been cancelled and ends
    boolean again() {
        worker = null;
        state.set(State.WAITING); // pairs with onCancelled, which came before it or finds it waiting
        if (cancelled().isPresent() && state.compareAndSet(State.WAITING, State.ENDED)) {
            end(new Outcome.Cancelled<>(cancelled().get()));
            return false;
        }
        return true;
    }

    /// Ends it with what its worker answered.
    void succeed(ByteBuffer result) {
        Outcome<R> outcome;
        try {
            @SuppressWarnings("unchecked") // the codec is that of the function's results
            R value = (R) linked.result.decode(result);
            outcome = new Outcome.Succeeded<>(value);
        } catch (CodecException refused) {
            outcome = new Outcome.Failed<>(new FunctionFailedException(
                    this + ": its result cannot be read: " + refused.getMessage(),
                    refused.getClass().getName(),
                    refused));
        }
        finish(outcome);
    }

    /// Ends it: the function threw.
    void fail(FailureImage image, String where) {
        finish(new Outcome.Failed<>(
                new FunctionFailedException(this + " in " + where + " threw: " + image, image.type(), image)));
    }

    /// Ends it: it was cancelled, or its pool was.
    void cut(CancelReason why) {
        finish(new Outcome.Cancelled<>(why));
    }

    private void finish(Outcome<R> outcome) {
        state.set(State.ENDED); // nobody else ends what is taken
        end(outcome);
    }

    /// Ends it without a result: as it was cancelled, if it was.
    void lose(PoolException failure) {
        finish(cancelled()
                .<Outcome<R>>map(why -> new Outcome.Cancelled<>(why))
                .orElseGet(() -> new Outcome.Failed<>(failure)));
    }

    /// Ends it if it waits.
    void loseWaiting(PoolException failure) {
        // Pairs with onCancelled and begin.
        if (state.compareAndSet(State.WAITING, State.ENDED)) {
            end(new Outcome.Failed<>(failure));
            pool.endedWaiting();
        }
    }
}
