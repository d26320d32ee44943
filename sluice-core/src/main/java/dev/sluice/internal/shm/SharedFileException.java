package dev.sluice.internal.shm;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A file of shared memory cannot be used. The message says which, and what was expected instead.
public final class SharedFileException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    /// What is wrong.
    public enum Problem {
        /// shared memory does not work on this system
        UNSUPPORTED,
        /// it belongs to another user, others may write it, or it is a link
        NOT_OURS,
        /// it is none of our files, or was damaged
        DAMAGED,
        /// it was made by a version that writes another layout
        VERSION,
        /// it is an object of another kind, or with other limits
        MISMATCH,
        /// there is no room for it
        NO_ROOM,
        /// as many use it as may
        CROWDED,
        /// the system refused a call
        SYSTEM
    }

    private final Problem problem;

    SharedFileException(Problem problem, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    SharedFileException(Problem problem, String message) {
        this(problem, message, null);
    }

    public Problem problem() {
        return problem;
    }
}
