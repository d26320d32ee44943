package dev.sluice.cancel;

import org.jspecify.annotations.Nullable;

/// Thrown by a suspension inside a cancelled scope, and by every further one: cancellation is a state, not an
/// event.
///
/// Let it pass. Caught and swallowed it comes back at the next suspension; only the scope that was cancelled
/// ends it.
public final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable CancelReason reason;

    public CancelledException(CancelReason reason) {
        super("cancelled: " + reason.describe(), reason.cause().orElse(null));
        this.reason = reason;
    }

    /// Why, and who asked.
    public CancelReason reason() {
        CancelReason known = reason;
        return known != null ? known : new CancelReason.Requested("another JVM", String.valueOf(getMessage()));
    }
}
