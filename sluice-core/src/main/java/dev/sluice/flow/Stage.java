package dev.sluice.flow;

import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One stage of a pipeline: takes what the stages before it make, and hands values on.
///
/// Stages that need no task of their own run inside each other, on the strand of the stage behind them; values
/// are arguments of calls then, and nothing is between.
///
/// Threads: run by one strand at a time, with its state in the call.
@FunctionalInterface
interface Stage<T> {
    /// Where a stage hands its values.
    @FunctionalInterface
    interface Next<T> {
        /// @return false if no more values are wanted, now and for ever
        /// @throws Exception what the stages behind threw
        boolean take(T value) throws Exception;
    }

    /// A function of the user's.
    @FunctionalInterface
    interface Work<R> {
        R call() throws Exception;
    }

    /// Runs until there are no more values, or none are wanted.
    ///
    /// @param run the run of the pipeline that this is part of
    /// @throws Exception what a stage threw, or the one who takes
    void run(PipelineRun run, Next<? super T> next) throws Exception;

    /// Calls a function of the user's.
    ///
    /// @throws StageFailedException if it failed or gave null, unless its caller was cancelled
    static <R> R call(String stage, Work<R> work) {
        try {
            return Objects.requireNonNull(work.call(), "a stage gave null, which is not a value");
        } catch (Throwable failure) {
            throw StageFailedException.of(stage, failure);
        }
    }

    /// Throws what was caught, if anything was.
    static void rethrow(@Nullable Throwable caught) throws Exception {
        if (caught instanceof Error error) {
            throw error;
        }
        if (caught != null) {
            throw (Exception) caught;
        }
    }

    /// The values of something that can be iterated.
    static <T> Stage<T> source(Iterable<? extends T> values) {
        return (run, next) -> iterate(call("source", values::iterator), next);
    }

    /// Hands on what an iterator has, and asks it for no more than is wanted.
    static <T> void iterate(Iterator<? extends T> iterator, Next<? super T> next) throws Exception {
        Work<Boolean> more = iterator::hasNext;
        Work<T> value = iterator::next;
        while (call("source", more)) {
            if (!next.take(call("source", value))) {
                return;
            }
        }
    }
}
