package dev.sluice.flow;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.strand.Scope;
import dev.sluice.internal.strand.Strand;

/// Thrown by running a pipeline one of whose stages failed. The cause is what the stage threw: it has come all
/// the way down, behind the values that were made before.
public final class StageFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String stage;

    private StageFailedException(String stage, Throwable cause) {
        super("stage " + stage + " of " + Strand.current().path() + " failed: " + cause, cause);
        this.stage = stage;
    }

    /// The kind of the stage that failed: `map`, `source`.
    public String stage() {
        return stage;
    }

    /// How a failure leaves its stage: as it is, if it is a cancellation.
    static RuntimeException of(String stage, Throwable failure) {
        if (failure instanceof StageFailedException || failure instanceof CancelledException) {
            return (RuntimeException) failure;
        }
        Scope scope = Strand.current().scope();
        CancelReason why = scope.reason();
        if (why != null && scope.explains(failure)) {
            return new CancelledException(why);
        }
        return new StageFailedException(stage, failure);
    }
}
