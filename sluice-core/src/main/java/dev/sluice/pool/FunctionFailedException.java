package dev.sluice.pool;

/// A function threw. The cause shows what, with the worker's stack: the very exception in a pool of threads,
/// and its image in a pool of processes, whose class this process may not even have.
public final class FunctionFailedException extends PoolException {
    private static final long serialVersionUID = 1;

    private final String type;

    /// @param type the name of the exception's class
    FunctionFailedException(String message, String type, Throwable cause) {
        super(message, cause);
        this.type = type;
    }

    /// The name of the class of what was thrown: `java.io.IOException`.
    public String type() {
        return type;
    }
}
