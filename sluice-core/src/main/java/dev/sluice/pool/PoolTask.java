package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Clause;
import dev.sluice.internal.access.Clauses;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskFailedException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One call of a pool, and its end. As a [dev.sluice.task.Task], but run by a worker and owned by the pool.
///
/// Threads: any.
public abstract class PoolTask<R> {
    private final Completion<Outcome<R>> ended = new Completion<>();
    private final AtomicReference<@Nullable CancelReason> asked =
            new AtomicReference<>(); // first one wins; pairs with itself

    PoolTask() {}

    /// What messages call it: the name of the function.
    public abstract String name();

    /// Waits for the end and returns the result.
    ///
    /// @throws TaskFailedException if the call failed; the cause is a [PoolException]
    /// @throws CancelledException if the call was cancelled, with its reason; or if the caller is, which leaves
    ///     the call alone
    public final R get() {
        return switch (outcome()) {
            case Outcome.Succeeded<R>(R value) -> value;
            case Outcome.Failed<R>(Throwable failure) -> throw new TaskFailedException(name(), failure);
            case Outcome.Cancelled<R>(CancelReason why) -> throw new CancelledException(why);
        };
    }

    /// Waits for the end.
    ///
    /// @throws CancelledException if the caller is cancelled
    public final Outcome<R> outcome() {
        return ended.await(this);
    }

    /// A clause of a select that is chosen when the call has ended.
    ///
    /// @param then maps how it ended to the result of the select
    public final <T> Clause<T> onEnd(Function<? super Outcome<R>, ? extends T> then) {
        return Clauses.completed(ended, this, () -> {
            Outcome<R> outcome = ended.result();
            assert outcome != null : "chosen before the end";
            return then.apply(outcome);
        });
    }

    /// Whether it has ended.
    public final boolean isDone() {
        return ended.result() != null;
    }

    /// Asks the call to end. One that waits for a worker ends at once; one that runs is interrupted, and given
    /// up with its worker if it goes on for longer than the grace of the pool. Does not wait.
    ///
    /// @param text why, for people; it appears in the reason
    /// @return whether this call cancelled it; false if it has ended or is cancelled already
    public final boolean cancel(String text) {
        return cancel(new CancelReason.Requested(Strand.current().path(), text));
    }

    /// Why it is cancelled, if it is, though it may still be running.
    public final Optional<CancelReason> cancelled() {
        return Optional.ofNullable(asked.get());
    }

    /// A future that completes as the call does: with its result, with its failure, or cancelled. Completing
    /// the future does nothing to the call.
    public final CompletableFuture<R> toFuture() {
        var future = new CompletableFuture<R>();
        ended.whenComplete(() -> settle(future));
        return future;
    }

    private void settle(CompletableFuture<R> future) {
        Outcome<R> outcome = ended.result();
        assert outcome != null;
        switch (outcome) {
            case Outcome.Succeeded<R>(R value) -> future.complete(value);
            case Outcome.Failed<R>(Throwable failure) -> future.completeExceptionally(failure);
            case Outcome.Cancelled<R>(CancelReason why) -> {
                var cancelled = new CancellationException("cancelled: " + why.describe());
                cancelled.initCause(new CancelledException(why));
                future.completeExceptionally(cancelled);
            }
        }
    }

    @Override
    public final String toString() {
        return "call " + name();
    }

    // What pools need.

    /// Called once, by whoever cancels first, before the end or at about the same time: ends the call, at once
    /// or by and by. Does not block.
    abstract void onCancelled(CancelReason why);

    /// @return whether this call cancelled it
    final boolean cancel(CancelReason why) {
        // Pairs with itself: one winner tells the worker.
        if (isDone() || !asked.compareAndSet(null, why)) {
            return false;
        }
        onCancelled(why);
        return true;
    }

    /// Ends it.
    ///
    /// @return false if it has ended before
    final boolean end(Outcome<R> outcome) {
        return ended.complete(outcome);
    }

    /// Calls back once, when it has ended; at once if it has. The callback does not block and does not throw.
    final void whenEnded(Runnable callback) {
        ended.whenComplete(callback);
    }

    /// Waits for the end, cancelled or not.
    final Outcome<R> awaitEnd() {
        return ended.awaitUncancellable(this);
    }
}
