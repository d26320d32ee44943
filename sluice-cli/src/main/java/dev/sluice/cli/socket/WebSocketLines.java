package dev.sluice.cli.socket;

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

/// A WebSocket as a shell sees it: each line is a message of text, and each message is a line.
///
/// Threads: one reader and one writer, as [Connection].
final class WebSocketLines implements Connection {
    private static final int LONGEST = 1 << 20;

    private final Connection lower;
    private final WebSocket socket;

    // The reader only.
    private ByteBuffer message = ByteBuffer.allocate(0); // what was not read of it

    // The writer only.
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(); // as far as it was written

    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();

    /// @param socket over `lower`, after the handshake
    WebSocketLines(Connection lower, WebSocket socket) {
        this.lower = lower;
        this.socket = socket;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!message.hasRemaining()) {
            Optional<Message> next = socket.receive();
            if (next.isEmpty()) {
                return -1;
            }
            byte[] bytes = next.get().bytes();
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
        String text = line.toString(StandardCharsets.UTF_8);
        bytesWritten.addAndGet(line.size() + 1L);
        line.reset();
        socket.send(text);
    }

    @Override
    public void closeOutput() throws IOException {
        if (line.size() > 0) {
            sendLine();
        }
        socket.closeOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
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
