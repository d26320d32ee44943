package dev.sluice.pool;

/// Why a call of a pool failed: the cause of the [dev.sluice.task.TaskFailedException] of those who wait for
/// it.
public abstract sealed class PoolException extends RuntimeException
        permits FunctionFailedException, WorkerDiedException {
    private static final long serialVersionUID = 1;

    PoolException(String message, Throwable cause) {
        super(message, cause);
    }

    PoolException(String message) {
        super(message);
    }
}
