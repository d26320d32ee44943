package dev.sluice.testing;

import java.util.List;

/// Nothing was ready, no timer was armed, and the body had not ended: nobody in the simulation would ever go
/// on.
public final class DeadlockException extends SimulationException {
    private static final long serialVersionUID = 1;

    DeadlockException(long nanos, List<Wait> waits, String hint) {
        super("deadlock at " + Trace.seconds(nanos) + " s: everybody waits, and no timer is armed. " + hint, waits);
    }
}
