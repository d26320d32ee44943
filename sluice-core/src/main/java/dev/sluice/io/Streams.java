package dev.sluice.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/// What every source does alike.
final class Streams {
    /// How much is moved at a time: what a pipe holds.
    static final int CHUNK = 1 << 16;

    private static final int FIRST_CHUNK = 1 << 13;

    private static final int SMALL_CHUNK = 1 << 10;
    private static final int LITTLE_IN_A_ROW = 16;

    private Streams() {}

    static byte[] readAll(ByteSource source, long limit) throws IOException {
        if (limit < 0) {
            throw new IllegalArgumentException("read all of " + source + ": limit=" + limit + ", expected 0 or more");
        }
        var collected = new ByteArrayOutputStream();
        byte[] chunk = new byte[oneMore(limit, FIRST_CHUNK)];
        while (true) {
            int n = source.read(chunk, 0, oneMore(limit - collected.size(), chunk.length));
            if (n < 0) {
                return collected.toByteArray();
            }
            collected.write(chunk, 0, n);
            if (collected.size() > limit) {
                throw new LimitExceededException("read all of " + source, limit);
            }
            if (n == chunk.length && n < CHUNK) {
                chunk = new byte[CHUNK];
            }
        }
    }

    /// How much to ask for: what is left of a limit and one byte beyond it, but no more than there is room.
    private static int oneMore(long left, int room) {
        return left < room ? (int) left + 1 : room;
    }

    /// Moves everything. As long as little comes, as on a connection that mostly waits, a small piece of memory
    /// does; what fills that gets a large one, until little has come some times in a row.
    static long transfer(ByteSource source, ByteSink sink) throws IOException {
        Objects.requireNonNull(sink, "sink"); // before a byte is taken that nobody gets
        byte[] chunk = new byte[SMALL_CHUNK];
        int littleCame = 0;
        long moved = 0;
        for (int n; (n = source.read(chunk, 0, chunk.length)) >= 0; moved += n) {
            sink.write(ByteBuffer.wrap(chunk, 0, n));
            littleCame = n < SMALL_CHUNK ? littleCame + 1 : 0;
            if (n == SMALL_CHUNK && chunk.length < CHUNK) {
                chunk = new byte[CHUNK];
            } else if (littleCame >= LITTLE_IN_A_ROW && chunk.length > SMALL_CHUNK) {
                chunk = new byte[SMALL_CHUNK];
            }
        }
        return moved;
    }
}
