package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.flow.Generator;
import dev.sluice.internal.strand.Strand;
import dev.sluice.loop.Loop;

/// What pools have in common: everything that [#submit] is enough for.
///
/// Threads: any.
abstract class AbstractPool implements Pool {
    private final Loop loop;
    private final int ahead;

    /// @param loop that of the pool's coroutines
    /// @param ahead how many calls a map has handed to the pool and not given out, at most
    AbstractPool(Loop loop, int ahead) {
        this.loop = loop;
        this.ahead = ahead;
    }

    /// That of the pool's coroutines.
    final Loop loop() {
        return loop;
    }

    @Override
    public final <A, R> R call(PoolFunction<? super A, ? extends R> function, A argument) {
        PoolTask<R> task = submit(function, argument);
        try {
            return task.get();
        } catch (CancelledException cancelled) {
            CancelReason why = Strand.current().scope().reason();
            task.cancel(why != null ? why : cancelled.reason());
            task.awaitEnd();
            throw cancelled;
        }
    }

    @Override
    public final <A, R> Generator<R> map(PoolFunction<? super A, ? extends R> function, Iterable<? extends A> inputs) {
        return Generator.of(
                "map",
                out -> new Mapping<A, R>(this, function, ahead).run(inputs, true, call -> out.yield(call.value())));
    }

    @Override
    public final <A, R> Generator<R> mapUnordered(
            PoolFunction<? super A, ? extends R> function, Iterable<? extends A> inputs) {
        return Generator.of(
                "map unordered",
                out -> new Mapping<A, R>(this, function, ahead).run(inputs, false, call -> out.yield(call.value())));
    }

    @Override
    public final <A, R> Generator<Completed<A, R>> asCompleted(
            PoolFunction<? super A, ? extends R> function, Iterable<? extends A> inputs) {
        return Generator.of(
                "as completed",
                out -> new Mapping<A, R>(this, function, ahead)
                        .run(inputs, false, call -> out.yield(call.completed())));
    }
}
