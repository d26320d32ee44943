package dev.sluice.layer;

import static dev.sluice.layer.TcpStream.ACK;
import static dev.sluice.layer.TcpStream.FIN;
import static dev.sluice.layer.TcpStream.PSH;
import static dev.sluice.layer.TcpStream.RST;
import static dev.sluice.layer.TcpStream.SYN;

import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/// A connection that tells a [Capture] of all that passes.
///
/// Threads: as [Connection].
final class CapturedConnection extends LayerConnection {
    private final Capture capture;
    private final TcpStream stream;

    // Each is told once; set by any thread.
    private final AtomicBoolean inputEnded = new AtomicBoolean();
    private final AtomicBoolean outputEnded = new AtomicBoolean();

    CapturedConnection(Connection lower, Capture capture, TcpStream stream) {
        super(lower);
        this.capture = capture;
        this.stream = stream;
        capture.packet(stream, true, SYN, nothing());
        capture.packet(stream, false, SYN | ACK, nothing());
        capture.packet(stream, true, ACK, nothing());
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int before = into.position();
        int count = lower.read(into);
        if (count > 0) {
            passed(false, into, before);
        } else if (count < 0 && inputEnded.compareAndSet(false, true)) { // pairs with itself: the first one tells
            capture.packet(stream, false, FIN | ACK, nothing());
        }
        return count;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        int before = from.position();
        try {
            lower.write(from);
        } finally {
            passed(true, from, before);
        }
    }

    /// Tells of the bytes before a buffer's position.
    private void passed(boolean outgoing, ByteBuffer buffer, int start) {
        ByteBuffer bytes = buffer.duplicate().flip().position(start);
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), TcpStream.MOST_PAYLOAD_BYTES);
            capture.packet(stream, outgoing, PSH | ACK, bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
        }
    }

    @Override
    public void closeOutput() throws IOException {
        lower.closeOutput();
        tellEndOfOutput(FIN | ACK);
    }

    @Override
    public void close() throws IOException {
        try {
            lower.close();
        } finally {
            tellEndOfOutput(FIN | ACK);
        }
    }

    @Override
    public void abort() {
        lower.abort();
        tellEndOfOutput(RST | ACK);
    }

    private void tellEndOfOutput(int flags) {
        if (outputEnded.compareAndSet(false, true)) { // pairs with itself: the first one tells
            capture.packet(stream, true, flags, nothing());
        }
    }

    private static ByteBuffer nothing() {
        return ByteBuffer.allocate(0);
    }
}
