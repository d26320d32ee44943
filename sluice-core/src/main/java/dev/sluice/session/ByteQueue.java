package dev.sluice.session;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Bytes that have come and were not read: a ring that grows with what is in it, up to a limit that the caller
/// sees to, and is given up when it is empty.
///
/// Threads: whoever holds the session's lock.
final class ByteQueue {
    private static final int FIRST_BYTES = 1 << 12;

    private byte @Nullable [] ring; // a power of two
    private int first;
    private int count;

    int count() {
        return count;
    }

    /// Appends so many bytes.
    void put(ByteBuffer from, int bytes) {
        byte[] room = room(count + bytes);
        int at = (first + count) & (room.length - 1);
        int straight = Math.min(bytes, room.length - at);
        from.get(room, at, straight).get(room, 0, bytes - straight);
        count += bytes;
    }

    /// Moves as many as there is room for.
    int take(ByteBuffer into) {
        byte[] bytes = ring;
        if (bytes == null) {
            return 0;
        }
        int taken = Math.min(count, into.remaining());
        int straight = Math.min(taken, bytes.length - first);
        into.put(bytes, first, straight).put(bytes, 0, taken - straight);
        first = (first + taken) & (bytes.length - 1);
        count -= taken;
        if (count == 0) {
            first = 0;
            if (bytes.length > FIRST_BYTES) {
                ring = null;
            }
        }
        return taken;
    }

    void clear() {
        ring = null;
        first = 0;
        count = 0;
    }

    private byte[] room(int bytes) {
        byte[] known = ring;
        if (known != null && known.length >= bytes) {
            return known;
        }
        byte[] larger = new byte[Math.max(FIRST_BYTES, Integer.highestOneBit(bytes - 1) << 1)];
        if (known != null) {
            int straight = Math.min(count, known.length - first);
            System.arraycopy(known, first, larger, 0, straight);
            System.arraycopy(known, 0, larger, straight, count - straight);
        }
        ring = larger;
        first = 0;
        return larger;
    }
}
