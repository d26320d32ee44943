package dev.sluice.task;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Clause;
import dev.sluice.internal.access.Clauses;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A value that somebody will provide: completed once, from any thread, and awaited by many.
///
/// For the result of work use a [Task]; a promise is for values that come from elsewhere, such as callbacks.
///
/// Threads: any.
public final class Promise<T> {
    private final String name;
    private final Completion<Outcome<T>> completion = new Completion<>();

    /// @param name what messages call it
    public Promise(String name) {
        this.name = name;
    }

    /// A promise without a name.
    public Promise() {
        this("promise");
    }

    /// A promise that is completed as the stage is.
    public static <T> Promise<T> from(CompletionStage<T> stage) {
        Promise<T> promise = new Promise<>("completion stage");
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                promise.complete(value);
            } else {
                promise.fail(unwrapped(failure));
            }
        });
        return promise;
    }

    /// Provides the value.
    ///
    /// @return false if it has been completed before; the value is not taken then
    public boolean complete(T value) {
        return completion.complete(new Outcome.Succeeded<>(value));
    }

    /// Says that there will be no value.
    ///
    /// @return false if it has been completed before
    public boolean fail(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        if (failure instanceof CancelledException cancelled) {
            return completion.complete(new Outcome.Cancelled<>(cancelled.reason()));
        }
        return completion.complete(new Outcome.Failed<>(failure));
    }

    /// Says that nobody needs the value any more.
    ///
    /// @return false if it has been completed before
    public boolean cancel(String text) {
        return completion.complete(new Outcome.Cancelled<>(
                new CancelReason.Requested(Strand.current().path(), text)));
    }

    /// Waits for the value.
    ///
    /// @throws TaskFailedException if it failed
    /// @throws CancelledException if it or the caller was cancelled; the promise stays usable when only the
    ///     caller was
    public T await() {
        return switch (outcome()) {
            case Outcome.Succeeded<T>(T value) -> value;
            case Outcome.Failed<T>(Throwable failure) -> throw new TaskFailedException(name, failure);
            case Outcome.Cancelled<T>(CancelReason why) -> throw new CancelledException(why);
        };
    }

    /// Waits for the end.
    ///
    /// @throws CancelledException if the caller is cancelled
    public Outcome<T> outcome() {
        return completion.await(this);
    }

    /// A clause of a select that is chosen when the promise has been completed.
    ///
    /// @param then maps how it ended to the result of the select
    public <R> Clause<R> onEnd(Function<? super Outcome<T>, ? extends R> then) {
        return clause(completion, this, then);
    }

    /// A clause that is chosen when a completion has ended.
    static <T, R> Clause<R> clause(
            Completion<Outcome<T>> completion, Object what, Function<? super Outcome<T>, ? extends R> then) {
        Objects.requireNonNull(then, "then");
        return Clauses.completed(completion, what, () -> {
            Outcome<T> outcome = completion.result();
            assert outcome != null : "chosen before the end";
            return then.apply(outcome);
        });
    }

    /// Whether it has been completed.
    public boolean isDone() {
        return completion.result() != null;
    }

    /// A future that is completed as this promise is. Completing the future does nothing to the promise.
    public CompletableFuture<T> toFuture() {
        var future = new CompletableFuture<T>();
        completion.whenComplete(() -> settle(future, completion));
        return future;
    }

    @Override
    public String toString() {
        return name;
    }

    /// Completes a future as a completion ended.
    static <T> void settle(CompletableFuture<T> future, Completion<Outcome<T>> ended) {
        Outcome<T> outcome = ended.result();
        assert outcome != null;
        switch (outcome) {
            case Outcome.Succeeded<T>(T value) -> future.complete(value);
            case Outcome.Failed<T>(Throwable failure) -> future.completeExceptionally(failure);
            case Outcome.Cancelled<T>(CancelReason why) -> {
                var cancelled = new CancellationException("cancelled: " + why.describe());
                cancelled.initCause(new CancelledException(why));
                future.completeExceptionally(cancelled);
            }
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        @Nullable Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
        return cause != null ? cause : failure;
    }
}
