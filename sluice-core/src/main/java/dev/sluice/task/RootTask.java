package dev.sluice.task;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.strand.RootStrand;
import dev.sluice.loop.Loop;

/// A task below no group: the main body of a program, or what a foreign thread runs on a loop.
///
/// Public for the root package; users call [dev.sluice.Sluice#callOn].
public final class RootTask {
    private RootTask() {}

    /// Calls a body in a coroutine of `loop` and waits for it. If the caller is cancelled or interrupted
    /// meanwhile, so is the body, and the wait goes on.
    ///
    /// @throws X what the body threw
    public static <T, X extends Exception> T call(Loop loop, String name, Call<T, X> body) throws X {
        TaskStrand<T> task = launch(loop, name, body);
        Outcome<T> outcome;
        try {
            outcome = task.outcome();
        } catch (CancelledException cancelled) {
            task.cancel(cancelled.reason());
            outcome = task.awaitEnd();
            if (outcome instanceof Outcome.Failed<T>(Throwable failure)) {
                cancelled.addSuppressed(failure);
            }
            throw cancelled;
        }
        return switch (outcome) {
            case Outcome.Succeeded<T>(T value) -> value;
            case Outcome.Failed<T>(Throwable failure) -> throw RootTask.<X>asThrownBy(failure);
            case Outcome.Cancelled<T>(CancelReason why) -> throw new CancelledException(why);
        };
    }

    /// Starts a body in a coroutine of `loop` and does not wait for it.
    public static <T, X extends Exception> Task<T> start(Loop loop, String name, Call<T, X> body) {
        return launch(loop, name, body);
    }

    private static <T, X extends Exception> TaskStrand<T> launch(Loop loop, String name, Call<T, X> body) {
        RootStrand root = Engines.root(loop.loops());
        root.taskStarts(name);
        try {
            var task = new TaskStrand<T>(
                    new Membership(root), new TaskStrand.Place(root, Engines.of(loop), null), name, body::call);
            task.start();
            return task;
        } catch (Throwable e) {
            root.taskEnded();
            throw e;
        }
    }

    /// The body may throw `X` and what is unchecked, so this is what the failure is.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Exception> X asThrownBy(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (X) failure;
    }

    /// What the task sees of the loops.
    private record Membership(RootStrand root) implements TaskStrand.Owner {
        @Override
        public String path() {
            return "";
        }

        @Override
        public void ended(TaskStrand<?> task, Outcome<?> outcome) {
            root.taskEnded();
        }
    }
}
