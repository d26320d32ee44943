package dev.sluice.flow;

import org.jspecify.annotations.Nullable;

/// One run of a [Row].
///
///     source ──▶ step ──▶ … ──▶ landing │ ──▶ step ──▶ … ──▶ landing │ ──▶ … ──▶ next
///                └──── block 0 ───────┘      └──── block 1 ───────┘
///
/// Steps call each other, which costs least; but behind each [#BLOCK] of them a value lands, and the calls return
/// before it goes on. So the depth of the stack is bounded, however long the row is. A row of one block, as most
/// are, has no landing.
///
/// Invariants: a landing holds a value only while [#pass] is about to take it. No block up to `over` gets another
/// value, and `over` only grows.
/// Threads: the strand of the run.
final class Line<T> implements Stage.Next<Object> {
    private static final int BLOCK = 64;

    final PipelineRun run;
    private final Step.Plan<?, ?>[] plans;
    private final @Nullable Step<?>[] steps; // null: not begun
    private final Stage.Next<? super T> next;
    private final Landing[] landings; // one fewer than blocks
    private boolean nothingWanted; // not even the first value
    private int over = -1; // the last block that wants no more, or has failed

    Line(PipelineRun run, Step.Plan<?, ?>[] plans, Stage.Next<? super T> next) {
        this.run = run;
        this.plans = plans;
        this.steps = new Step<?>[plans.length];
        this.next = next;
        this.landings = new Landing[(plans.length - 1) / BLOCK];
    }

    /// Runs a source until it is through or nobody wants more of it; then the steps hand on what they hold, those
    /// in front first, also before a failure of a stage before them.
    void run(Stage<?> source) throws Exception {
        Throwable thrown = null;
        try {
            begin();
            if (!nothingWanted) {
                source.run(run, landings.length == 0 ? head(0) : this);
            }
        } catch (Throwable failure) {
            thrown = failure;
        }
        for (int i = 0; i < steps.length; i++) {
            Step<?> step = steps[i];
            if (step != null) {
                try {
                    flush(i, step, thrown);
                } catch (Throwable failure) {
                    thrown = failure;
                } finally {
                    step.end();
                }
            }
        }
        Stage.rethrow(thrown);
    }

    /// Begins the steps, those behind first, unless one of them wants nothing at all.
    private void begin() {
        Stage.Next<?> behind = next;
        for (int i = plans.length - 1; i >= 0 && !nothingWanted; i--) {
            if (i < plans.length - 1 && (i + 1) % BLOCK == 0) {
                var landing = new Landing(this, i / BLOCK);
                landings[i / BLOCK] = landing;
                behind = landing;
            }
            Step<?> step = begun(plans[i], behind);
            steps[i] = step;
            behind = step;
        }
    }

    @SuppressWarnings("unchecked") // a row has only such steps behind each other that fit
    private <B> Step<?> begun(Step.Plan<?, B> plan, Stage.Next<?> behind) {
        return plan.begin(this, (Stage.Next<? super B>) behind);
    }

    /// What begins wants no value: those before it, and the source, need not begin.
    void wantsNothing() {
        nothingWanted = true;
    }

    private void flush(int number, Step<?> step, @Nullable Throwable thrown) throws Exception {
        if (thrown != null && !(thrown instanceof StageFailedException)) {
            return;
        }
        step.flush(thrown);
        int block = number / BLOCK;
        if (block < landings.length) {
            pass(landings[block].leave(), block + 1);
        }
    }

    /// Hands a value on from block to block, until it is dropped or has come out.
    private void pass(@Nullable Object value, int from) throws Exception {
        Object passing = value;
        for (int block = from; passing != null; block++) {
            boolean wanted = false;
            try {
                wanted = head(block).take(passing);
            } finally {
                if (!wanted) {
                    over = Math.max(over, block);
                }
            }
            passing = block < landings.length ? landings[block].leave() : null;
        }
    }

    @Override
    public boolean take(Object value) throws Exception {
        pass(value, 0);
        return over < 0;
    }

    @SuppressWarnings("unchecked") // gets values of the source, or those that have landed in front of it
    private Stage.Next<Object> head(int block) {
        Step<?> head = steps[block * BLOCK];
        assert head != null : "block " + block + " has not begun";
        return (Stage.Next<Object>) head;
    }

    /// Where a value waits for the calls to return.
    private static final class Landing implements Stage.Next<Object> {
        private final Line<?> line;
        private final int block; // before it
        private @Nullable Object landed;

        Landing(Line<?> line, int block) {
            this.line = line;
            this.block = block;
        }

        @Override
        public boolean take(Object value) {
            boolean wanted = line.over <= block;
            if (wanted) {
                landed = value;
            }
            return wanted;
        }

        /// What has landed, or null.
        @Nullable Object leave() {
            Object value = landed;
            landed = null;
            return value;
        }
    }
}
