package dev.sluice.io;

import dev.sluice.cancel.CancelledException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Where bytes go. Writing suspends the caller while there is no room, not the loop.
///
/// *Cancellation loses nothing.* A write that is cancelled, or whose deadline passes, throws
/// [CancelledException]; the buffer's position says how much was written, and what is left can be written by
/// another call.
///
/// One writer at a time: a second one gets [StreamBusyException] at once. Errors are [StreamException]; a
/// reader that has gone shows as [StreamException#isBrokenPipe]. `toString` is the name that messages use.
///
/// Threads: any coroutine, and any thread that may block.
public interface ByteSink extends AutoCloseable {
    /// Writes all bytes of the buffer. When it returns, the system has them, unless the sink says that it has a
    /// buffer of its own, as connections do.
    ///
    /// A direct buffer is written from as it is; do not touch it meanwhile. The content of any other is copied.
    ///
    /// @throws CancelledException if the caller is cancelled before everything was written
    void write(ByteBuffer from) throws IOException;

    /// As [#write(ByteBuffer)], from an array. How much of it was written before a failure is not known; use a
    /// buffer where that matters.
    default void write(byte[] from, int offset, int length) throws IOException {
        write(ByteBuffer.wrap(from, offset, length));
    }

    /// Writes a whole array.
    default void write(byte[] from) throws IOException {
        write(ByteBuffer.wrap(from));
    }

    /// The same sink for code that wants an [OutputStream]; closing one closes both. It has no buffer of its
    /// own.
    default OutputStream asOutputStream() {
        return new SinkOutputStream(this);
    }

    /// Ends the writing; the reader finds the end. A write in flight ends with [StreamException]; closing twice
    /// is no error.
    @Override
    void close() throws IOException;
}
