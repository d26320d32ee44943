package dev.sluice.session;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A session that did not work out, or has ended:
/// `call buy on tcp 127.0.0.1:4711->127.0.0.1:443: GOING_AWAY (the peer takes no more calls: idle for 60 s)`.
public final class SessionException extends IOException {
    private static final long serialVersionUID = 1;

    /// What is wrong.
    public enum Problem {
        /// The peer breaks the rules of the protocol; the session has been ended.
        BROKEN_RULES,
        /// The sides speak no version in common.
        NO_AGREEMENT,
        /// The peer has not said hello, or not answered whether it is there, in time.
        NO_ANSWER,
        /// One side takes no more calls; those that it has begun go on.
        GOING_AWAY,
        /// The session has been closed here, or what is below it has ended.
        ENDED
    }

    /// Why a session is over, told to each of its users by an exception of their own.
    record End(Problem problem, String text, @Nullable Throwable cause) {
        End(Problem problem, String text) {
            this(problem, text, null);
        }

        SessionException of(String operation, Object session) {
            return new SessionException(operation, session, this, false);
        }

        /// For a call that the peer has not begun.
        SessionException untouched(String operation, Object session) {
            return new SessionException(operation, session, this, true);
        }
    }

    private final Problem problem;
    private final boolean untouched;

    private SessionException(String operation, Object session, End end, boolean untouched) {
        super(operation + " on " + session + ": " + end.problem + " (" + end.text + ")", end.cause);
        this.problem = end.problem;
        this.untouched = untouched;
    }

    /// What is wrong.
    public Problem problem() {
        return problem;
    }

    /// Whether the peer has certainly not begun the call, so that repeating it elsewhere does nothing twice.
    public boolean isUntouched() {
        return untouched;
    }
}
