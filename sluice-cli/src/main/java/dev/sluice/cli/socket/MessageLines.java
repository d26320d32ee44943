package dev.sluice.cli.socket;

import dev.sluice.layer.Frames;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.websocket.Message;
import dev.sluice.websocket.WebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Messages as a shell sees them: each line is a message, without its line feed, and each message a line.
///
/// Threads: one reader and one writer, as [Connection].
final class MessageLines implements Connection {
    private static final int LONGEST = 1 << 20;

    private final Connection lower;
    private final Carrier carrier;

    // The reader only.
    private ByteBuffer message = ByteBuffer.allocate(0); // what was not read of it

    // The writer only.
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(); // as far as it was written

    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();

    /// @param carrier over `lower`
    MessageLines(Connection lower, Carrier carrier) {
        this.lower = lower;
        this.carrier = carrier;
    }

    /// Messages of text in a WebSocket.
    ///
    /// @param socket over `lower`, after the handshake
    static MessageLines over(Connection lower, WebSocket socket, LayerText.End end) {
        return new MessageLines(lower, new Carrier() {
            @Override
            public Optional<byte[]> receive() throws IOException {
                return socket.receive().map(Message::bytes);
            }

            @Override
            public void send(byte[] message) throws IOException {
                socket.send(new String(message, StandardCharsets.UTF_8));
            }

            @Override
            public void closeOutput() throws IOException {
                if (end == LayerText.End.SAID) {
                    socket.closeOutput();
                }
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        });
    }

    /// Frames.
    ///
    /// @param frames over `lower`
    static MessageLines over(Connection lower, Frames frames) {
        return new MessageLines(lower, new Carrier() {
            @Override
            public Optional<byte[]> receive() throws IOException {
                return frames.receive();
            }

            @Override
            public void send(byte[] message) throws IOException {
                try {
                    frames.send(message);
                } catch (IllegalArgumentException unfit) { // one of another length than all have, say
                    throw new IOException("write " + lower + ": " + unfit.getMessage(), unfit);
                }
            }

            @Override
            public void closeOutput() throws IOException {
                frames.closeOutput();
            }

            @Override
            public void close() throws IOException {
                frames.close();
            }
        });
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!message.hasRemaining()) {
            Optional<byte[]> next = carrier.receive();
            if (next.isEmpty()) {
                return -1;
            }
            byte[] bytes = next.get();
            message = ByteBuffer.allocate(bytes.length + 1)
                    .put(bytes)
                    .put((byte) '\n')
                    .flip();
        }
        int count = Math.min(into.remaining(), message.remaining());
        into.put(message.slice(message.position(), count));
        message.position(message.position() + count);
        bytesRead.addAndGet(count);
        return count;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            byte next = from.get();
            if (next == '\n') {
                sendLine();
            } else if (line.size() == LONGEST) {
                throw NetException.of(
                        "write", lower, "line=" + LONGEST + " bytes and more, expected at most " + LONGEST);
            } else {
                line.write(next);
            }
        }
    }

    private void sendLine() throws IOException {
        byte[] bytes = line.toByteArray();
        bytesWritten.addAndGet(bytes.length + 1L);
        line.reset();
        carrier.send(bytes);
    }

    @Override
    public void closeOutput() throws IOException {
        if (line.size() > 0) {
            sendLine();
        }
        carrier.closeOutput();
    }

    @Override
    public void close() throws IOException {
        carrier.close();
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
        return new Statistics(bytesRead.get(), bytesWritten.get(), 0);
    }

    @Override
    public String toString() {
        return lower.toString();
    }
}
