package dev.sluice.tls;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/// Buffers of two TLS records, lent to connections while these move something.
///
/// On the heap: the JDK's engine works on arrays, and copies what is elsewhere.
///
/// Threads: any coroutine. Each buffer has one owner, from [#take] to [#give].
final class Packets {
    /// What a record takes at most: 5 bytes of header, 2^14 of content, 2048 of all that ciphers add (RFC 5246,
    /// 6.2.3), and then some.
    static final int RECORD_BYTES = 17 << 10;

    /// What a record carries at most (RFC 8446, 5.1).
    static final int CONTENT_BYTES = 1 << 14;

    /// What a buffer has room for.
    static final int BYTES = 2 * RECORD_BYTES;

    private static final int SMALL_BYTES = 2 << 10;

    private static final int KEPT = 64;

    private static final ArrayBlockingQueue<ByteBuffer> FREE = new ArrayBlockingQueue<>(KEPT);

    private Packets() {}

    /// An empty buffer.
    static ByteBuffer take() {
        ByteBuffer kept = FREE.poll();
        return kept != null ? kept : ByteBuffer.allocate(BYTES);
    }

    /// A buffer to gather in, with what was gathered before. As long as that is little it is a small one, so that
    /// those who write little to many connections at once do not need a large one for each.
    ///
    /// @param filled null: none before
    /// @param count what it must have room for, with what was gathered before at most [#CONTENT_BYTES]
    static ByteBuffer withRoom(@Nullable ByteBuffer filled, int count) {
        if (filled == null) {
            return count <= SMALL_BYTES ? ByteBuffer.allocate(SMALL_BYTES) : take();
        }
        return filled.remaining() >= count ? filled : take().put(filled.flip());
    }

    /// Takes back what [#take] or [#withRoom] gave.
    static void give(ByteBuffer buffer) {
        if (buffer.capacity() == BYTES) {
            FREE.offer(buffer.clear());
        }
    }
}
