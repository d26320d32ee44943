package dev.sluice.tls;

import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A connection over another one, for a test that looks at one thing that TLS asks of what is below it.
///
/// Threads: as [Connection].
class Below implements Connection {
    final Connection lower;

    Below(Connection lower) {
        this.lower = lower;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return lower.read(into);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        lower.write(from);
    }

    @Override
    public void closeOutput() throws IOException {
        lower.closeOutput();
    }

    @Override
    public void close() throws IOException {
        lower.close();
    }

    @Override
    public void abort() {
        lower.abort();
    }

    @Override
    public Address local() {
        return lower.local();
    }

    @Override
    public Address remote() {
        return lower.remote();
    }

    @Override
    public Statistics statistics() {
        return lower.statistics();
    }

    @Override
    public String toString() {
        return lower.toString();
    }
}
