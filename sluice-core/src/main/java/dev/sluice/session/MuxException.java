package dev.sluice.session;

import dev.sluice.net.Connection;
import dev.sluice.net.NetException;

/// A session of streams that did not work out:
/// `open tcp 127.0.0.1:4711->127.0.0.1:443: TOO_MANY_STREAMS (open=256, expected at most 256)`.
public final class MuxException extends NetException {
    private static final long serialVersionUID = 1;

    /// What is wrong.
    public enum Problem {
        /// The peer breaks the rules of the protocol; the session has been ended.
        BROKEN_RULES,
        /// As many streams are open as may be; the session goes on.
        TOO_MANY_STREAMS,
        /// One side has said that there will be no new streams; those that are open go on.
        GOING_AWAY,
        /// The peer has not answered a ping in time; the session has been ended.
        NO_ANSWER,
        /// The session has been closed here, or the connection below it has ended.
        ENDED
    }

    private final Problem problem;

    MuxException(String operation, Connection connection, Problem problem, String text) {
        super(operation, connection, problem + " (" + text + ")");
        this.problem = problem;
    }

    /// What is wrong.
    public Problem problem() {
        return problem;
    }
}
