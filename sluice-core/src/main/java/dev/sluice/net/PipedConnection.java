package dev.sluice.net;

import dev.sluice.cancel.CancelledException;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import dev.sluice.io.StreamException;
import dev.sluice.net.NetException.Ends;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Two streams, one for each direction, as a connection. It keeps nothing itself: a write is done when the sink
/// has all.
///
/// Threads: see [Connection].
final class PipedConnection implements BetweenEnds {
    private final ByteSource source;
    private final ByteSink sink;
    private final Ends ends;

    private volatile boolean closed; // set by any thread; pairs with the reads in failure and require
    private volatile boolean outputClosed; // likewise

    // Of the reader, and of the writer; read by anybody for statistics.
    private long bytesRead;

    private long bytesWritten;

    PipedConnection(ByteSource source, ByteSink sink, Pipe local, Pipe remote) {
        this.source = source;
        this.sink = sink;
        this.ends = new Ends(local, remote);
    }

    @Override
    public int read(ByteBuffer into) throws NetException {
        require("read");
        try {
            int count = source.read(into);
            bytesRead += Math.max(count, 0);
            return count;
        } catch (IOException failure) {
            throw failure("read", failure);
        }
    }

    @Override
    public void write(ByteBuffer from) throws NetException {
        require("write");
        if (outputClosed) { // pairs with the write in closeOutput
            throw NetException.of("write", ends, "the output is closed");
        }
        int before = from.position();
        try {
            sink.write(from);
        } catch (IOException failure) {
            throw failure("write", failure);
        } finally {
            bytesWritten += from.position() - before; // of a write that was cut short, too
        }
    }

    @Override
    public void closeOutput() throws NetException {
        require("close");
        outputClosed = true; // pairs with the read in write
        try {
            sink.close();
        } catch (IOException failure) {
            throw failure("close", failure);
        }
    }

    @Override
    public void close() throws NetException {
        closed = true; // pairs with the reads in failure and require
        try (source;
                sink) {
            // Each is closed, whatever happens to the other.
        } catch (IOException failure) {
            throw failure("close", failure);
        }
    }

    @Override
    public void abort() {
        try {
            close();
        } catch (NetException | CancelledException dropped) {
            System.getLogger("dev.sluice").log(System.Logger.Level.DEBUG, "abort " + this, dropped);
        }
    }

    private void require(String operation) throws NetException {
        if (closed) { // pairs with the write in close
            throw NetException.closed(operation, this);
        }
    }

    /// The failure of a stream, as one of the connection.
    private NetException failure(String operation, IOException cause) {
        String text = cause instanceof StreamException stream ? stream.reason() : String.valueOf(cause.getMessage());
        String error = cause instanceof StreamException stream ? stream.error().orElse(null) : null;
        boolean byUs = closed && error == null; // pairs with the write in close
        var failure = byUs
                ? NetException.of(operation, ends, "the connection was closed meanwhile")
                : new NetException(operation, ends, error, text);
        failure.initCause(cause);
        return failure;
    }

    @Override
    public Ends ends() {
        return ends;
    }

    @Override
    public Statistics statistics() {
        return new Statistics(bytesRead, bytesWritten, 0);
    }

    @Override
    public String toString() {
        return ends.toString();
    }
}
