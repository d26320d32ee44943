package dev.sluice.cancel;

/// Thrown at the edge of a deadline whose time was used up before its body ended.
public final class DeadlineExceededException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param cause what the body threw when it was cut short
    public DeadlineExceededException(CancelReason.DeadlinePassed reason, Throwable cause) {
        super("deadline of " + Durations.print(reason.budget()) + " passed: " + reason.origin(), cause);
    }
}
