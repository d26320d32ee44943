package dev.sluice.flow;

import org.jspecify.annotations.Nullable;

/// Stages that need no task of their own, one behind the other, and the stage that their values come from.
///
/// A list that each run goes through, and not stages that run each other: so it may be as long as anybody wants.
/// Each row shares those before it.
///
/// Threads: immutable.
///
/// @param source where the values come from
/// @param before the steps before the last, or null
/// @param last the step behind them
/// @param length how many steps there are
record Row<T>(Stage<?> source, @Nullable Row<?> before, Step.Plan<?, ? extends T> last, int length)
        implements Stage<T> {

    /// A stage with a step behind it.
    static <A, B> Row<B> of(Stage<A> stage, Step.Plan<A, B> step) {
        return stage instanceof Row<?> row
                ? new Row<>(row.source, row, step, row.length + 1)
                : new Row<>(stage, null, step, 1);
    }

    @Override
    public void run(PipelineRun run, Next<? super T> next) throws Exception {
        Step.Plan<?, ?>[] plans = new Step.Plan<?, ?>[length];
        Row<?> row = this;
        for (int i = length - 1; row != null; i--) {
            plans[i] = row.last;
            row = row.before;
        }
        new Line<>(run, plans, next).run(source);
    }
}
