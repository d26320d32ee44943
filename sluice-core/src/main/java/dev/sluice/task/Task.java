package dev.sluice.task;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Clause;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// A named piece of work that runs in a coroutine, and its end.
///
/// Tasks are started by a [TaskGroup] and never outlive it. A task is not a [java.util.concurrent.Future],
/// whose waiting throws checked exceptions and whose `cancel` loses the reason; [#toFuture] gives one to code
/// that wants it.
///
/// Threads: any.
public sealed interface Task<T> permits TaskStrand {
    /// The name that it was started with.
    String name();

    /// The names from the root to this task: `main/fetch/a`.
    String path();

    /// Waits for the end and returns the result.
    ///
    /// @throws TaskFailedException if the task failed
    /// @throws CancelledException if the task was cancelled, with its reason; or if the caller is
    T get();

    /// Waits for the end.
    ///
    /// @throws CancelledException if the caller is cancelled
    Outcome<T> outcome();

    /// A clause of a select that is chosen when the task has ended.
    ///
    /// @param then maps how it ended to the result of the select
    <R> Clause<R> onEnd(Function<? super Outcome<T>, ? extends R> then);

    /// Whether it has ended.
    boolean isDone();

    /// Asks the task to end: each of its suspensions throws from now on. Does not wait.
    ///
    /// @param text why, for people; it appears in the reason
    /// @return whether this call cancelled it; false if it has ended or is cancelled already
    boolean cancel(String text);

    /// What the task waits for at this moment, for people: `sleep 2 s`, `task main/b`, or `running`.
    String doing();

    /// A future that completes as the task does: with its result, with its failure, or cancelled. Cancelling it
    /// cancels the task.
    CompletableFuture<T> toFuture();

    /// Why the task is cancelled, if it is, though it may still be running.
    java.util.Optional<CancelReason> cancelled();
}
