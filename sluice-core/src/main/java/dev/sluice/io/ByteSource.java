package dev.sluice.io;

import dev.sluice.cancel.CancelledException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// Bytes that arrive. Reading suspends the caller, not the loop.
///
/// Not an [InputStream]: that one cannot tell its reader of a cancellation, reads single bytes, and blocks. For
/// those who need one there is [#asInputStream].
///
/// *Cancellation loses nothing.* A read that is cancelled, or whose deadline passes, either throws
/// [CancelledException] and has taken no byte, or returns what it took all the same; the next suspension throws
/// then. Either way the stream can be read on.
///
/// One reader at a time: a second one gets [StreamBusyException] at once. Errors are [StreamException].
/// `toString` is the name that messages use.
///
/// Threads: any coroutine, and any thread that may block.
public interface ByteSource extends AutoCloseable {
    /// Reads at least one byte, or finds the end.
    ///
    /// A direct buffer is read into as it is; do not touch it meanwhile. The content of any other is copied.
    ///
    /// @return how many bytes were put into the buffer, or -1 at the end; 0 only for a buffer without room
    /// @throws CancelledException if the caller is cancelled; no byte has been taken then
    /// @throws IllegalArgumentException if the buffer is read-only; no byte has been taken then
    int read(ByteBuffer into) throws IOException;

    /// As [#read(ByteBuffer)], into an array.
    default int read(byte[] into, int offset, int length) throws IOException {
        return read(ByteBuffer.wrap(into, offset, length));
    }

    /// Reads to the end.
    ///
    /// @param limit how many bytes are expected at most
    /// @throws LimitExceededException if there are more; `limit` bytes, and one more, have been read then
    default byte[] readAllBytes(long limit) throws IOException {
        return Streams.readAll(this, limit);
    }

    /// Moves everything to a sink, to the end of this source; closes neither.
    ///
    /// Cancelled in the middle it may have read up to 64 KiB that the sink did not take. Not so a file, see
    /// [FileStreams#read]: called again, the transfer goes on where it was.
    ///
    /// @return how many bytes were moved
    default long transferTo(ByteSink sink) throws IOException {
        return Streams.transfer(this, sink);
    }

    /// The same source for code that wants an [InputStream]; closing one closes both. It has no buffer of its
    /// own.
    default InputStream asInputStream() {
        return new SourceInputStream(this);
    }

    /// Ends the reading. A read in flight ends with [StreamException]; closing twice is no error.
    @Override
    void close() throws IOException;
}
