package dev.sluice.task;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The policies that come with Sluice.
final class JoinPolicies {
    private JoinPolicies() {}

    /// The only value of `Void`, which is of every type.
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T nothing() {
        return null;
    }

    /// The results of tasks that have all succeeded.
    static <T> List<T> values(List<Task<? extends T>> tasks) {
        List<T> values = new ArrayList<>(tasks.size());
        for (Task<? extends T> task : tasks) {
            values.add(task.get());
        }
        return values;
    }

    /// Throws if a task failed: the failure of `first`, or of the first in the list, with those of the others
    /// suppressed. Cancelled tasks are no failures.
    static <T> void throwFailures(@Nullable Task<? extends T> first, List<Task<? extends T>> tasks) {
        TaskFailedException primary = null;
        if (first != null && first.outcome() instanceof Outcome.Failed<?>(Throwable failure)) {
            primary = new TaskFailedException(first.path(), failure);
        }
        for (Task<? extends T> task : tasks) {
            if (task != first && task.outcome() instanceof Outcome.Failed<?>(Throwable failure)) {
                var thrown = new TaskFailedException(task.path(), failure);
                if (primary == null) {
                    primary = thrown;
                } else {
                    primary.addSuppressed(thrown);
                }
            }
        }
        if (primary != null) {
            throw primary;
        }
    }

    static final class FailFast<T, R> implements JoinPolicy<T, R> {
        private static final VarHandle FIRST;

        static {
            try {
                FIRST = MethodHandles.lookup().findVarHandle(FailFast.class, "first", Task.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final boolean keepsTasks;
        private final Function<List<Task<? extends T>>, R> results;
        private @Nullable Task<? extends T> first; // any thread, through FIRST only

        FailFast(boolean keepsTasks, Function<List<Task<? extends T>>, R> results) {
            this.keepsTasks = keepsTasks;
            this.results = results;
        }

        @Override
        public boolean keepsTasks() {
            return keepsTasks;
        }

        @Override
        public boolean ended(Task<? extends T> task, Outcome<? extends T> outcome) {
            // One winner; pairs with the acquire in result.
            return outcome instanceof Outcome.Failed<?> && FIRST.compareAndSet(this, null, task);
        }

        @Override
        @SuppressWarnings("unchecked")
        public R result(List<Task<? extends T>> tasks) {
            // Pairs with the compare-and-set in ended.
            throwFailures((Task<? extends T>) FIRST.getAcquire(this), tasks);
            return results.apply(tasks);
        }
    }

    static final class FirstSuccess<T> implements JoinPolicy<T, T> {
        private static final VarHandle WINNER;

        static {
            try {
                WINNER = MethodHandles.lookup().findVarHandle(FirstSuccess.class, "winner", Task.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private @Nullable Task<? extends T> winner; // any thread, through WINNER only

        @Override
        public boolean ended(Task<? extends T> task, Outcome<? extends T> outcome) {
            // One winner; pairs with the acquire in result.
            return outcome.succeeded() && WINNER.compareAndSet(this, null, task);
        }

        @Override
        @SuppressWarnings("unchecked")
        public T result(List<Task<? extends T>> tasks) {
            // Pairs with the compare-and-set in ended.
            Task<? extends T> won = (Task<? extends T>) WINNER.getAcquire(this);
            if (won != null) {
                return won.get();
            }
            throwFailures(null, tasks);
            for (Task<? extends T> task : tasks) {
                task.get(); // all were cancelled: throws the reason of the first
            }
            throw new IllegalStateException("join firstSuccess: no task was started, expected at least one");
        }
    }

    static final class CollectAll<T> implements JoinPolicy<T, List<Outcome<T>>> {
        @Override
        public boolean ended(Task<? extends T> task, Outcome<? extends T> outcome) {
            return false;
        }

        @Override
        @SuppressWarnings("unchecked") // an outcome is only read from
        public List<Outcome<T>> result(List<Task<? extends T>> tasks) {
            List<Outcome<T>> outcomes = new ArrayList<>(tasks.size());
            for (Task<? extends T> task : tasks) {
                outcomes.add((Outcome<T>) task.outcome());
            }
            return outcomes;
        }
    }
}
