package dev.sluice.flow;

import org.jspecify.annotations.Nullable;

/// One stage of a [Row] in one run: takes values, and calls what is behind it.
///
/// Threads: the strand of the run.
@FunctionalInterface
interface Step<T> extends Stage.Next<T> {
    /// How a step is made when a run begins.
    @FunctionalInterface
    interface Plan<A, B> {
        Step<A> begin(Line<?> line, Stage.Next<? super B> next);
    }

    /// Hands on what it still holds, if that is wanted.
    ///
    /// @param failure of a stage before it, which is why no more values come; or null
    default void flush(@Nullable Throwable failure) throws Exception {}

    /// The run needs it no more.
    default void end() {}
}
