package dev.sluice.net;

import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.poll.Poller;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Buffers of the poller that hold what has been received and not read, oldest first. Each is given back when
/// it has been read to its end.
///
///     first              first + size - 1
///     | read ▏ to read | to read | to read |        a ring, a power of two long
///          start
///
/// Threads: the loop thread only.
final class Unread {

    private static final int FEW = 2;
    private static final long LENGTH = 0xFFFF_FFFFL;

    private final Poller poller;
    private long[] parts = {}; // the number of the buffer in the upper half, the length in the lower
    private int first;
    private int size; // buffers
    private int start; // in the first

    Unread(Poller poller) {
        this.poller = poller;
    }

    /// How many buffers there are.
    int size() {
        return size;
    }

    void add(int buffer, int length) {
        if (size == parts.length) {
            grow();
        }
        parts[(first + size++) & (parts.length - 1)] = (long) buffer << Integer.SIZE | length;
    }

    /// Moves as much as there is room for.
    ///
    /// @return how many bytes
    int moveTo(ByteBuffer into) {
        int before = into.position();
        while (size > 0 && into.hasRemaining()) {
            long part = parts[first];
            int buffer = (int) (part >>> Integer.SIZE);
            int length = (int) (part & LENGTH);
            int count = Math.min(length - start, into.remaining());
            Memory.copy(poller.lent(buffer) + start, into, count);
            into.position(into.position() + count);
            start += count;
            if (start == length) {
                removeFirst(buffer);
            }
        }
        return into.position() - before;
    }

    /// Gives all back.
    void discard() {
        while (size > 0) {
            removeFirst((int) (parts[first] >>> Integer.SIZE));
        }
    }

    private void removeFirst(int buffer) {
        first = (first + 1) & (parts.length - 1);
        size--;
        start = 0;
        poller.giveBack(buffer);
    }

    private void grow() {
        long[] larger = Arrays.copyOf(parts, Math.max(FEW, 2 * parts.length));
        System.arraycopy(parts, first, larger, 0, parts.length - first);
        System.arraycopy(parts, 0, larger, parts.length - first, first);
        parts = larger;
        first = 0;
    }
}
