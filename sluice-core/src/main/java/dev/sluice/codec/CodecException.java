package dev.sluice.codec;

import org.jspecify.annotations.Nullable;

/// A value could not be encoded, or bytes not be decoded. The message says where, what was found, and what was
/// expected:
///
///     decode Order: path=lines[3].count, byte=57, found=300, expected an integer from 0 to 255
///
/// What is quoted of the input is short, and has no control characters.
public final class CodecException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int MOST_PATH = 300; // characters; some of them may be the sender's

    /// What kind of refusal it is.
    public enum Problem {
        /// the bytes are not of the format at all
        MALFORMED,
        /// the bytes are of the format, and not of the type that was asked for
        UNEXPECTED,
        /// a limit was reached
        LIMIT,
        /// the output has no room; with more of it the same value can be encoded
        NO_ROOM,
        /// the value has no encoding
        UNENCODABLE
    }

    private final Problem problem;
    private final String what;
    private final String expected;
    private String operation = "";
    private String path = "";
    private long position = -1;

    private CodecException(Problem problem, String what, String expected, @Nullable Throwable cause) {
        super(cause);
        this.problem = problem;
        this.what = what;
        this.expected = expected;
    }

    /// For those who implement a [Codec].
    ///
    /// @param what was found, as `name=value`
    /// @param expected what would have been accepted
    public static CodecException of(Problem problem, String what, String expected) {
        return new CodecException(problem, what, expected, null);
    }

    /// The same with what has found it.
    public static CodecException of(Problem problem, String what, String expected, Throwable cause) {
        return new CodecException(problem, what, expected, cause);
    }

    /// A limit was reached.
    static CodecException limit(String name, long value, long most) {
        return of(Problem.LIMIT, name + "=" + Long.toUnsignedString(value), "at most " + most);
    }

    /// What kind of refusal it is.
    public Problem problem() {
        return problem;
    }

    /// Where in the value, as `lines[3].count`; empty for the value itself.
    public String path() {
        return path;
    }

    /// Where in the input, in bytes from where decoding began; -1 where there is no input.
    public long position() {
        return position;
    }

    /// Puts a step before the path, on the way out of the value.
    CodecException at(String step) {
        path = path.isEmpty() || path.startsWith("[") ? step + path : step + "." + path;
        if (path.length() > MOST_PATH) {
            path = path.substring(0, MOST_PATH - 1) + "…";
        }
        return this;
    }

    CodecException at(int index) {
        return at("[" + index + "]");
    }

    CodecException atByte(long position) {
        this.position = position;
        return this;
    }

    /// @param operation and on what: `decode Order`
    CodecException in(String operation) {
        this.operation = operation;
        return this;
    }

    @Override
    public String getMessage() {
        StringBuilder message = new StringBuilder();
        if (!operation.isEmpty()) {
            message.append(operation).append(": ");
        }
        if (!path.isEmpty()) {
            message.append("path=").append(path).append(", ");
        }
        if (position >= 0) {
            message.append("byte=").append(position).append(", ");
        }
        return message.append(what).append(", expected ").append(expected).toString();
    }
}
