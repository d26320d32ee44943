package dev.sluice.pool;

import dev.sluice.io.ByteSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/// What a worker process says, frame by frame; one read brings many.
///
/// Invariant: between position and limit of `buffer` is what has come and was not given out.
///
/// Threads: one reader.
final class Answers {
    private static final int SIZE = 1 << 13;

    private final ByteSource source;
    private ByteBuffer buffer = ByteBuffer.allocate(SIZE).limit(0);

    Answers(ByteSource source) {
        this.source = source;
    }

    /// Whether [#next] need not wait.
    boolean whole() {
        return buffer.remaining() >= WorkerFrame.PREFIX
                && buffer.remaining() - WorkerFrame.PREFIX >= buffer.getInt(buffer.position());
    }

    /// Waits for a frame: without its length, in an array of its own.
    ///
    /// @throws EOFException if the end came first
    ByteBuffer next() throws IOException {
        need(WorkerFrame.PREFIX);
        int length = buffer.getInt(buffer.position());
        if (length < 1 || length > WorkerFrame.MOST) {
            throw new IOException("answer: length=" + length + ", expected 1.." + WorkerFrame.MOST);
        }
        need(WorkerFrame.PREFIX + length);
        byte[] frame = new byte[length];
        buffer.getInt();
        buffer.get(frame);
        return ByteBuffer.wrap(frame);
    }

    private void need(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return;
        }
        if (buffer.capacity() == SIZE && bytes <= SIZE) {
            buffer.compact();
        } else { // a large one is for one frame
            buffer = ByteBuffer.allocate(Math.max(bytes, SIZE)).put(buffer);
        }
        try {
            fill(bytes);
        } finally {
            buffer.flip();
        }
    }

    private void fill(int bytes) throws IOException {
        while (buffer.position() < bytes) {
            if (source.read(buffer) < 0) {
                throw new EOFException("answer: " + buffer.position() + " bytes of " + bytes);
            }
        }
    }
}
