package dev.sluice.net;

import dev.sluice.cancel.CancelledException;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A stream of bytes in both directions, between two ends.
///
/// It is a [ByteSource] and a [ByteSink], so all that reads one and writes the other works on it, an echo
/// included: `connection.transferTo(connection)`.
///
/// *Reading* takes what has come, at least a byte. *Writing* hands the bytes to a buffer of the connection and
/// returns when they are in it: what a task writes between two suspensions goes out as one. The buffer is
/// bounded; a writer that is faster than the peer waits for room. So a failure of the network may show at a
/// later write, or at the close.
///
/// *A cancelled operation loses nothing and closes nothing.* The connection can be used on, a read has taken no
/// byte, and the position of a buffer says how much a write has handed over.
///
/// One reader and one writer at a time; a second one gets [dev.sluice.io.StreamBusyException]. Errors are
/// [NetException]. `toString` names both ends.
///
/// Threads: any coroutine, and any thread that may block; those of its own loop are served faster.
public interface Connection extends ByteSource, ByteSink {
    /// One end of a connection over two streams.
    ///
    /// @param name for people
    record Pipe(String name) implements Address {
        static final String NETWORK = "pipe";

        @Override
        public String network() {
            return NETWORK;
        }

        @Override
        public String place() {
            return name;
        }

        @Override
        public String toString() {
            return NETWORK + ":" + name;
        }
    }

    /// A connection over two streams: the standard streams of this process, the pipes of a child.
    ///
    /// ```java
    /// Connection parent = Connection.over(StandardStreams.in(), StandardStreams.out(), "child", "parent");
    /// ```
    ///
    /// It keeps nothing: a write returns when the sink has all bytes, and none are pending. The end of the
    /// output closes the sink. An abort closes both streams, and its peer finds an end, no reset.
    ///
    /// @param from where the peer is read, from now on the connection's
    /// @param to where it is written to, likewise
    /// @param local what messages call this end
    /// @param remote and the other one
    static Connection over(ByteSource from, ByteSink to, String local, String remote) {
        return new PipedConnection(from, to, new Pipe(local), new Pipe(remote));
    }

    /// Hands all bytes of the buffer over; see above when they go out.
    ///
    /// @throws CancelledException if the caller is cancelled before everything was handed over
    @Override
    void write(ByteBuffer from) throws IOException;

    /// Ends the writing: the peer reads the end when it has read all that was written. Reading goes on. Returns
    /// when the system has all bytes; if the wait for that is cancelled, it happens behind the scenes.
    void closeOutput() throws IOException;

    /// Ends both directions, when what was written has gone to the system. That may take 5 seconds, or less
    /// inside a deadline; what is left then is dropped, and the peer sees a reset. A cancelled caller does not
    /// wait.
    ///
    /// The peer sees a reset, too, if something that it has sent was not read. Closing twice is no error.
    ///
    /// @throws NetException if bytes that were written were dropped, unless a write has told so. That a layer could
    ///     not send its own last words, as the goodbye of TLS, to a peer that has gone is no error
    @Override
    void close() throws IOException;

    /// Ends both directions at once and drops what was written: the peer sees a reset. No error if it is
    /// closed.
    void abort();

    /// The address of this end.
    Address local();

    /// The address of the other end.
    Address remote();

    /// What has gone through so far.
    Statistics statistics();

    /// What has gone through a connection.
    ///
    /// @param bytesRead taken by readers
    /// @param bytesWritten handed over by writers
    /// @param bytesPending of these, not yet taken by the system; or never, where they were dropped
    /// @param bytesFromFiles of those written, moved out of files by the system itself, without a copy through
    ///     this process: see [dev.sluice.io.FileStreams#read]
    record Statistics(long bytesRead, long bytesWritten, long bytesPending, long bytesFromFiles) {
        /// Of a connection into which the system moves no files.
        public Statistics(long bytesRead, long bytesWritten, long bytesPending) {
            this(bytesRead, bytesWritten, bytesPending, 0);
        }
    }
}
