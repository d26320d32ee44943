package dev.sluice.net;

import dev.sluice.internal.io.Room;
import dev.sluice.internal.io.Turn;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.strand.Strand;
import dev.sluice.io.StreamBusyException;
import dev.sluice.net.NetException.Ends;
import java.nio.ByteBuffer;

/// One end of a connection inside of the program. What was written is where the peer reads it, so that a close
/// has nothing to wait for.
///
/// Threads: see [Connection].
final class MemoryConnection implements BetweenEnds {
    private final MemoryPipe in;
    private final MemoryPipe out;
    private final Ends ends;
    private final Turn reading = new Turn();
    private final Turn writing = new Turn();

    private volatile boolean closed; // set by any thread; pairs with the reads in enter and failure

    MemoryConnection(MemoryPipe in, MemoryPipe out, Address local, Address remote) {
        this.in = in;
        this.out = out;
        this.ends = new Ends(local, remote);
    }

    @Override
    public int read(ByteBuffer into) throws NetException {
        Strand self = enter(reading, "read");
        try {
            int result = Room.in(into, this) ? in.read(self, into, this) : 0;
            if (result < 0) {
                throw failure("read", result);
            }
            return result == 0 && into.hasRemaining() ? -1 : result;
        } finally {
            reading.leave();
        }
    }

    @Override
    public void write(ByteBuffer from) throws NetException {
        Strand self = enter(writing, "write");
        try {
            int result = out.write(self, from, this);
            if (result < 0) {
                throw failure("write", result);
            }
        } finally {
            writing.leave();
        }
    }

    @Override
    public void closeOutput() throws NetException {
        enter(writing, "close");
        out.end();
        writing.leave();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            boolean unread = in.written() != in.taken();
            out.end();
            in.cut(-Errno.EPIPE);
            if (unread) {
                out.cut(-Errno.ECONNRESET); // as TCP tells its peer that something was not read
            }
        }
    }

    @Override
    public void abort() {
        closed = true;
        out.cut(-Errno.ECONNRESET);
        in.cut(-Errno.EPIPE);
    }

    private Strand enter(Turn turn, String operation) throws NetException {
        Strand self = turn.enter(operation, this, StreamBusyException::new);
        if (closed) {
            turn.leave();
            throw NetException.of(operation, ends, "the connection is closed");
        }
        return self;
    }

    private NetException failure(String operation, int result) {
        return closed
                ? NetException.of(operation, ends, "the connection was closed meanwhile")
                : NetException.of(operation, ends, result);
    }

    @Override
    public Ends ends() {
        return ends;
    }

    @Override
    public Statistics statistics() {
        return new Statistics(in.taken(), out.written(), out.written() - out.taken());
    }

    @Override
    public String toString() {
        return ends.toString();
    }
}
