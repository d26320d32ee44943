package dev.sluice.space;

/// An operation on a space, or on an object in it, could not be done. The message names both:
/// `put queue jobs of shm:orders: bytes=70000, expected at most 65536`.
///
/// Threads: immutable.
public final class SpaceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// What kind of failure it is.
    public enum Problem {
        /// the space cannot be reached, or what it needs cannot be had: permission, memory, a connection
        UNAVAILABLE,
        /// what is there is not a space of ours: another version, another owner, damage
        REFUSED,
        /// the object is of another kind or shape than the caller says
        MISMATCH,
        /// this distance cannot do that
        UNSUPPORTED,
        /// the space was closed, by this process
        CLOSED,
        /// nothing more is put into the object, or will come out of it
        FINISHED,
        /// all places are taken: both ends of a pipe, all members of a space
        BUSY,
        /// what is to be stored is larger than may be
        TOO_LARGE,
        /// there is no room, and waiting would not make any
        FULL,
        /// a subscription fell behind by more than it may
        LAGGED,
        /// the other end has gone
        PEER_GONE,
        /// a barrier is broken
        BROKEN
    }

    private final Problem problem;

    /// @param message `operation subject: name=value, expected …`
    public SpaceException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    /// The same with what caused it.
    public SpaceException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /// What kind of failure it is.
    public Problem problem() {
        return problem;
    }
}
