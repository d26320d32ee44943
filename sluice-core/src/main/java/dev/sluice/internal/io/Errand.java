package dev.sluice.internal.io;

import dev.sluice.internal.strand.Completion;
import org.jspecify.annotations.Nullable;

/// Something short that the loop thread does for a strand of elsewhere, which waits for it: for the result, or for
/// what it throws, as a buffer does that belongs to one thread.
///
/// Invariant: `done` is completed, whatever the step does; so nobody waits for ever.
///
/// Threads: made and performed by the strand; run on the loop thread.
public final class Errand implements Runnable {
    private final Step step;
    private final Completion<Boolean> done = new Completion<>();

    // Written on the loop thread before done is completed, read by the strand behind its wait.
    private int result;
    private @Nullable RuntimeException thrown;
    private @Nullable Error error;

    /// What is to be done; it does not wait.
    @FunctionalInterface
    public interface Step {
        int run();
    }

    private Errand(Step step) {
        this.step = step;
    }

    /// Has the step done, and waits for it, cancelled or not.
    ///
    /// @param blocker what the strand is shown to wait for
    /// @return what the step gave, or [SuspendedOperation#LOOP_ENDED]
    public static int perform(LoopCalls calls, Object blocker, Step step) {
        var errand = new Errand(step);
        if (!calls.execute(errand)) {
            return SuspendedOperation.LOOP_ENDED;
        }
        errand.done.awaitUncancellable(blocker);
        if (errand.error != null) {
            throw errand.error;
        }
        if (errand.thrown != null) {
            throw errand.thrown;
        }
        return errand.result;
    }

    @Override
    public void run() {
        try {
            result = step.run();
        } catch (RuntimeException failure) {
            thrown = failure;
        } catch (Error failure) {
            error = failure;
        }
        done.complete(true);
    }
}
