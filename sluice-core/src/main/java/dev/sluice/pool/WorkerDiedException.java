package dev.sluice.pool;

/// A worker ended in the middle of a call, or none could be started. Whether the call had an effect is not
/// known.
public final class WorkerDiedException extends PoolException {
    private static final long serialVersionUID = 1;

    private final String how;

    /// @param how it ended, for people
    WorkerDiedException(String message, String how) {
        super(message);
        this.how = how;
    }

    /// How the worker ended: `signal SIGKILL`, `exit code 3`.
    public String how() {
        return how;
    }
}
