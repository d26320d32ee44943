package dev.sluice.layer;

import dev.sluice.internal.io.Turn;
import dev.sluice.io.StreamBusyException;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The connection of a client that a relay has announced.
///
/// Threads: as [Connection]; `behind` by who has the turn to read.
final class RelayedConnection extends LayerConnection {
    private final Address local;
    private final Address remote;
    private final int headerBytes;
    private final ByteBuffer behind; // what has come behind the header
    private final Turn reading = new Turn();

    RelayedConnection(Connection lower, Address local, Address remote, ByteBuffer behind) {
        super(lower);
        this.local = local;
        this.remote = remote;
        this.headerBytes = behind.position();
        this.behind = behind;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!behind.hasRemaining()) {
            return lower.read(into);
        }
        reading.enter("read", this, StreamBusyException::new);
        try {
            int count = Math.min(into.remaining(), behind.remaining());
            into.put(into.position(), behind, behind.position(), count).position(into.position() + count);
            behind.position(behind.position() + count);
            return count;
        } finally {
            reading.leave();
        }
    }

    @Override
    public Address local() {
        return local;
    }

    @Override
    public Address remote() {
        return remote;
    }

    /// Without the header.
    @Override
    public Statistics statistics() {
        Statistics all = lower.statistics();
        return new Statistics(
                all.bytesRead() - headerBytes - behind.remaining(), all.bytesWritten(), all.bytesPending());
    }
}
