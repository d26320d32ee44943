package dev.sluice.layer;

import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import java.util.OptionalLong;

/// What came, or was to be sent, is nothing that a layer can pass on. The message names the operation, both
/// ends, what was found and what was expected:
///
///     receive tcp 10.0.0.1:80->10.0.0.2:4711: length=4294967295, expected at most 1048576
public final class LayerException extends NetException {
    private static final long serialVersionUID = 1;

    /// What kind of refusal it is.
    public enum Problem {
        /// a limit was reached
        TOO_LARGE,
        /// the bytes are not of the layer's format
        MALFORMED,
        /// the end came inside of something
        INCOMPLETE,
        /// the frame is whole, and holds no message of the type; the next one can be received
        UNDECODABLE
    }

    private final Problem problem;
    private long claimed = -1; // set before it is thrown
    private long limit = -1; // likewise

    private LayerException(Problem problem, String operation, Connection connection, String text) {
        super(operation, connection, text);
        this.problem = problem;
    }

    /// For those who implement layers.
    ///
    /// @param operation what was tried: `receive`, `send`, `read`, `write` or a step of the layer
    /// @param text what was found, as `name=value`, and what was expected
    public static LayerException of(Problem problem, String operation, Connection connection, String text) {
        return new LayerException(problem, operation, connection, text);
    }

    /// A limit that was reached, for those who implement layers.
    ///
    /// @param what has the size, such as `length`
    /// @param claimed the size that was announced, or reached
    /// @param limit the largest one that is accepted
    public static LayerException tooLarge(
            String operation, Connection connection, String what, long claimed, long limit) {
        var failure = new LayerException(
                Problem.TOO_LARGE, operation, connection, what + "=" + claimed + ", expected at most " + limit);
        failure.claimed = claimed;
        failure.limit = limit;
        return failure;
    }

    /// What kind of refusal it is.
    public Problem problem() {
        return problem;
    }

    /// The size that was announced, or reached; empty unless a limit was.
    public OptionalLong claimed() {
        return claimed < 0 ? OptionalLong.empty() : OptionalLong.of(claimed);
    }

    /// The limit that was reached; empty unless one was.
    public OptionalLong limit() {
        return limit < 0 ? OptionalLong.empty() : OptionalLong.of(limit);
    }
}
