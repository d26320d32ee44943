package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Channel;
import dev.sluice.internal.strand.Strand;
import dev.sluice.sync.Semaphore;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskGroup;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One map of a function over inputs.
///
///     inputs ──feeder: a permit, submit──▶ calls ──in order, or each when it ends──▶ taker ──▶ permit back
///
/// Invariants: a call is in `live` from its submission until it is given out; there are at most `ahead` of
/// them, so that there is always room in `calls`. `calls` ends when the feeder has, and each call was sent.
///
/// Threads: one feeder, one taker; calls end on any.
final class Mapping<A, R> {
    /// Where calls go that are to be given out.
    @FunctionalInterface
    interface Taker<A, R> {
        void take(Call<A, R> call) throws Exception;
    }

    /// @param task has ended when it is given out
    record Call<A, R>(A argument, PoolTask<R> task) {
        Completed<A, R> completed() {
            return new Completed<>(argument, task.outcome());
        }

        R value() throws Exception {
            return switch (task.outcome()) {
                case Outcome.Succeeded<R>(R value) -> value;
                case Outcome.Failed<R>(Throwable failure) -> throw (PoolException) failure;
                case Outcome.Cancelled<R>(CancelReason why) -> throw new CancelledException(why);
            };
        }
    }

    private final AbstractPool pool;
    private final PoolFunction<? super A, ? extends R> function;
    private final Semaphore permits;
    private final Channel<Call<A, R>> calls;
    private final Set<PoolTask<R>> live = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unsent = new AtomicInteger(1); // the feeder, and calls that have not ended
    private @Nullable Throwable inputFailure; // written by the feeder before `calls` ends, read by the taker after it

    Mapping(AbstractPool pool, PoolFunction<? super A, ? extends R> function, int ahead) {
        this.pool = pool;
        this.function = function;
        this.permits = new Semaphore("map ahead", ahead);
        this.calls = Channel.buffered(ahead);
    }

    /// Gives out all calls.
    ///
    /// @param ordered whether in the order of the inputs; else in that in which they end
    void run(Iterable<? extends A> inputs, boolean ordered, Taker<A, R> taker) throws Exception {
        try {
            TaskGroup.call(group -> {
                group.startOn(pool.loop(), "map inputs", () -> feed(inputs, ordered));
                for (Call<A, R> call : calls) {
                    call.task().outcome();
                    taker.take(call);
                    live.remove(call.task());
                    permits.release();
                }
                return Mapping.class;
            });
            throwInputFailure();
        } finally {
            end();
        }
    }

    /// An input that fails is the end of the inputs; the failure comes out behind the results of those before.
    private void feed(Iterable<? extends A> inputs, boolean ordered) {
        try {
            submitAll(inputs, ordered);
        } catch (CancelledException cancelled) {
            throw cancelled;
        } catch (Throwable failure) {
            inputFailure = failure;
        }
        sent();
    }

    private void throwInputFailure() throws Exception {
        switch (inputFailure) {
            case null -> {}
            case Exception failure -> throw failure;
            case Error failure -> throw failure;
            case Throwable failure -> throw new IllegalStateException("inputs of a map: " + failure, failure);
        }
    }

    private void submitAll(Iterable<? extends A> inputs, boolean ordered) {
        for (A input : inputs) {
            permits.acquire();
            PoolTask<R> task = pool.submit(function, input);
            live.add(task);
            var call = new Call<A, R>(input, task);
            if (ordered) {
                calls.send(call);
            } else {
                unsent.incrementAndGet();
                task.whenEnded(() -> {
                    calls.trySend(call);
                    sent();
                });
            }
        }
    }

    private void sent() {
        if (unsent.decrementAndGet() == 0) {
            calls.close();
        }
    }

    private void end() {
        var why = new CancelReason.Requested(Strand.current().path(), "map ended");
        live.forEach(task -> task.cancel(why));
        live.forEach(PoolTask::awaitEnd);
    }
}
