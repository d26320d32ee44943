package dev.sluice.io;

import dev.sluice.internal.linux.Errno;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An operation on a stream that failed: `write stdout: EPIPE (Broken pipe)`.
public final class StreamException extends IOException {
    private static final long serialVersionUID = 1;
    private static final String BROKEN_PIPE = "EPIPE";

    private final String operation;
    private final String stream;
    private final @Nullable String error;
    private final String reason;

    /// A failure that the system reported.
    ///
    /// @param operation what was tried: `read`, `write`, `open`, `close`
    /// @param stream the name of what it was tried on
    /// @param error the name of the error, such as `EPIPE`, if it has one
    /// @param reason the error in words
    StreamException(String operation, String stream, @Nullable String error, String reason) {
        super(operation + " " + stream + ": " + reason);
        this.operation = operation;
        this.stream = stream;
        this.error = error;
        this.reason = reason;
    }

    /// @param result what the system call returned: a negated `errno`
    static StreamException of(String operation, String stream, int result) {
        return new StreamException(operation, stream, Errno.name(-result), Errno.describe(-result));
    }

    /// A failure of the JDK's.
    static StreamException of(String operation, String stream, @Nullable String error, IOException cause) {
        var failure = new StreamException(operation, stream, error, String.valueOf(cause.getMessage()));
        failure.initCause(cause);
        return failure;
    }

    static StreamException loopEnded(String operation, String stream) {
        return new StreamException(operation, stream, null, "its loop has ended");
    }

    static StreamException closed(String operation, String stream) {
        return new StreamException(operation, stream, null, "the stream is closed");
    }

    /// A file that has become shorter than what was asked for.
    ///
    /// @param position where it ended
    /// @param missing how many bytes were wanted behind
    static StreamException shrunk(String stream, long position, long missing) {
        String text = "it ends at byte " + position + ", expected " + missing + " more";
        return new StreamException("read", stream, null, text);
    }

    /// What was tried: `read`, `write`, `open` or `close`.
    public String operation() {
        return operation;
    }

    /// The name of the stream.
    public String stream() {
        return stream;
    }

    /// The system's name of the error, such as `EPIPE`; empty if it was not the system's.
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }

    /// What went wrong, in words: the message without operation and stream.
    public String reason() {
        return reason;
    }

    /// Whether the reader of what was written has gone. A filter ends quietly then, as other filters do.
    public boolean isBrokenPipe() {
        return BROKEN_PIPE.equals(error);
    }
}
