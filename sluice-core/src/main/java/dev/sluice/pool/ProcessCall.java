package dev.sluice.pool;

import dev.sluice.codec.CodecException;
import dev.sluice.task.Outcome;
import java.nio.ByteBuffer;

/// A call of a function in another process.
///
/// Threads: any; ended by the coroutine of its worker.
final class ProcessCall<R> extends WorkerCall<R> {
    final long id;
    final int function;
    final FunctionName functionName;
    final ByteBuffer frame; // read through duplicates

    boolean sent; // to the worker that has it, which wrote this

    private final LinkedFunction linked;

    ProcessCall(ProcessPool pool, ProcessPool.Known known, long id, ByteBuffer frame) {
        super(pool);
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
}
