package dev.sluice.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// A call that the peer has answered with a failure.
///
/// A handler of a [Service] throws one to tell its caller why not, `new CallFailedException("sold-out", "no
/// coffee left")`; the caller gets one with the same [#code]. What else a handler throws is [Problem#FAILED]
/// here, without its text: that may be nobody else's business.
public final class CallFailedException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST_CODE = 255;

    /// What kind of failure it is.
    public enum Problem {
        /// The handler has refused, by a code of its own.
        REFUSED(1),
        /// The handler has failed; the peer knows of it.
        FAILED(2),
        /// The peer has no such method.
        UNKNOWN_METHOD(3),
        /// What was asked is nothing that the method takes.
        NOT_UNDERSTOOD(4),
        /// The answer is larger than a frame may be.
        TOO_LARGE(5),
        /// The time that the caller had given was over.
        TIME_UP(6),
        /// The caller has cancelled; nobody gets to see this one.
        CANCELLED(7);

        final byte number; // on the wire

        Problem(int number) {
            this.number = (byte) number;
        }

        static Problem of(byte number) {
            for (Problem problem : values()) {
                if (problem.number == number) {
                    return problem;
                }
            }
            return FAILED;
        }
    }

    private final Problem problem;
    private final String code;
    private final String text;

    /// For handlers.
    ///
    /// @param code which of the failures that the program knows: a word, at most 255 bytes in UTF-8
    /// @param text for people; on the wire at most 1000 bytes
    public CallFailedException(String code, String text) {
        this("answer", Problem.REFUSED, code, text);
        int length = code.getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_CODE) {
            throw new IllegalArgumentException(
                    "failure of a call: code of " + length + " bytes, expected at most " + LONGEST_CODE);
        }
    }

    /// @param operation what was called, and on which session
    CallFailedException(String operation, Problem problem, String code, String text) {
        super(operation + ": " + problem + " (" + (code.isEmpty() ? "" : code + ": ") + text + ")");
        this.problem = problem;
        this.code = code;
        this.text = text;
    }

    /// What kind of failure it is.
    public Problem problem() {
        return problem;
    }

    /// Which of the failures that the program knows; empty unless the handler has refused.
    public String code() {
        return code;
    }

    /// What the peer says, for people.
    public String text() {
        return text;
    }
}
