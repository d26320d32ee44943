package dev.sluice.stress;

import dev.sluice.task.CancelScope;
import org.jspecify.annotations.Nullable;

/// A scope that one actor is in while another cancels it, before, during or after what happens inside.
///
/// Threads: `run` by one actor, `cancel` by another, which waits until the first is in.
final class Cut {
    private volatile @Nullable CancelScope scope; // the actor inside, once; read by the other

    /// Runs a body; false if the cancellation ended it.
    boolean run(Runnable body) {
        return CancelScope.run(own -> {
            scope = own;
            body.run();
        });
    }

    /// Cancels what happens inside.
    ///
    /// @return whether it had not been left
    boolean cancel() {
        CancelScope seen = scope;
        while (seen == null) {
            Thread.onSpinWait();
            seen = scope;
        }
        return seen.cancel("cut");
    }
}
