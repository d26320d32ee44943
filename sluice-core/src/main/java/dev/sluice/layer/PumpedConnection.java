package dev.sluice.layer;

import dev.sluice.internal.io.Room;
import dev.sluice.internal.io.Turn;
import dev.sluice.internal.strand.Strand;
import dev.sluice.io.StreamBusyException;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A connection of a layer that changes what is written: bytes, or when they go. An [Outflow] passes them on.
///
/// Threads: as [Connection]; `take` and `releaseInput` by who has the turn to read, `pass`, `end` and
/// `releaseOutput` by the pump or, when there is none, by the one who closes.
abstract class PumpedConnection extends LayerConnection {
    private final Turn reading = new Turn();
    private final Turn writing = new Turn();
    private final Outflow outflow;

    private volatile boolean closed; // set by any thread; pairs with the reads in enter and leaveReading

    // Written by reader and writer; read by anybody for statistics.
    private long bytesRead;
    private long bytesWritten;

    PumpedConnection(Connection lower) {
        super(lower);
        this.outflow = new Outflow(lower, new Outflow.Passing() {
            @Override
            public void pass(ByteBuffer some) throws IOException {
                PumpedConnection.this.pass(some);
            }

            @Override
            public void end() throws IOException {
                passEnd();
            }

            @Override
            public void release() {
                releaseOutput();
            }
        });
    }

    /// Reads from below what goes into this buffer, which has room: at least one byte, or -1 at the end. A
    /// cancelled one has taken nothing.
    abstract int take(ByteBuffer into) throws IOException;

    /// Passes on some of these bytes, at least one, and moves the position behind them. It may suspend.
    abstract void pass(ByteBuffer some) throws IOException;

    /// Passes on the end. It may suspend.
    void passEnd() throws IOException {
        lower.closeOutput();
    }

    /// Nothing will be read any more.
    void releaseInput() {}

    /// Nothing will be passed any more.
    void releaseOutput() {}

    @Override
    public final int read(ByteBuffer into) throws IOException {
        enter(reading, "read");
        try {
            int count = Room.in(into, this) ? take(into) : 0;
            bytesRead += Math.max(0, count);
            return count;
        } finally {
            leaveReading();
        }
    }

    private void leaveReading() {
        reading.leave();
        if (closed) {
            releaseUnread();
        }
    }

    /// A reader that is inside does it when it leaves.
    private void releaseUnread() {
        if (reading.enter(Strand.current()) == null) {
            releaseInput();
            reading.leave();
        }
    }

    @Override
    public final void write(ByteBuffer from) throws IOException {
        enter(writing, "write");
        int before = from.remaining();
        try {
            outflow.write(from);
        } finally {
            bytesWritten += before - from.remaining();
            writing.leave();
        }
    }

    @Override
    public final void closeOutput() throws IOException {
        enter(writing, "close");
        try {
            outflow.end();
        } finally {
            writing.leave();
        }
    }

    @Override
    public final void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        long lost = 0;
        if (outflow.endInGrace()) {
            lower.close();
        } else {
            lost = outflow.lost();
            drop();
        }
        releaseUnread();
        if (lost > 0) {
            Strand.current().checkpoint();
            throw NetException.of("close", this, "bytes=" + lost + " were not sent, expected none");
        }
    }

    @Override
    public final void abort() {
        closed = true;
        drop();
        releaseUnread();
    }

    private void drop() {
        outflow.cut();
        lower.abort();
        outflow.awaitStopped();
    }

    private void enter(Turn turn, String operation) throws NetException {
        turn.enter(operation, this, StreamBusyException::new);
        if (closed) {
            turn.leave();
            throw NetException.closed(operation, this);
        }
    }

    @Override
    public final Statistics statistics() {
        return new Statistics(
                bytesRead, bytesWritten, outflow.pending() + lower.statistics().bytesPending());
    }
}
