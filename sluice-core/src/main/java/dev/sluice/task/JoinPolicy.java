package dev.sluice.task;

import java.util.List;

/// What the end of one task means for its group, and what the group's result is.
///
/// A policy belongs to one group. `ended` is called once for each task, by the thread that the task ended on:
/// concurrently if the group has tasks on several loops. `result` is called once, by the owner, after all tasks
/// have ended; it sees what `ended` wrote.
///
/// @param <T> what the tasks return
/// @param <R> what joining returns
public interface JoinPolicy<T, R> {
    /// A task has ended.
    ///
    /// @return true to cancel all the others
    boolean ended(Task<? extends T> task, Outcome<? extends T> outcome);

    /// The result of the group.
    ///
    /// @param tasks all tasks, ended, in the order of their start; without [#keepsTasks] only those that failed
    /// @throws TaskFailedException if the group failed
    R result(List<Task<? extends T>> tasks);

    /// Whether the group keeps every task for [#result]. A policy that says no serves groups that live long and
    /// start tasks without end.
    default boolean keepsTasks() {
        return true;
    }

    /// All must succeed: the first failure cancels the others and is thrown. The result of joining is nothing;
    /// ask the tasks.
    static <T> JoinPolicy<T, Void> failFast() {
        return new JoinPolicies.FailFast<>(false, tasks -> JoinPolicies.nothing());
    }

    /// As [#failFast]; the result of joining is the list of the results, in the order of the start.
    static <T> JoinPolicy<T, List<T>> allSuccessful() {
        return new JoinPolicies.FailFast<>(true, JoinPolicies::values);
    }

    /// The first that succeeds cancels the others, and is the result. If none does, all failures are thrown.
    static <T> JoinPolicy<T, T> firstSuccess() {
        return new JoinPolicies.FirstSuccess<>();
    }

    /// Every task runs to its end; the result is the list of outcomes, in the order of the start. Failures
    /// cancel and throw nothing.
    static <T> JoinPolicy<T, List<Outcome<T>>> collectAll() {
        return new JoinPolicies.CollectAll<>();
    }
}
