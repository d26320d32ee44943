package dev.sluice.internal.poll;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Mman;
import dev.sluice.internal.linux.UringLayout;
import org.jspecify.annotations.Nullable;

/// Memory that is given to the kernel to receive into. It takes a buffer when something has arrived, so that a
/// receive that waits holds none.
///
/// A few are given at first, since those that go round stay in the caches. When they run out (`ENOBUFS`) as
/// many again are given, up to the limit; the memory of those never given is never touched.
///
/// Threads: the loop thread only; `tail` is read by the kernel.
final class UringBuffers {
    /// The size of a buffer.
    static final int BYTES = Rooms.BYTES;

    private static final int LIMIT = 1024; // a power of two
    private static final int FIRST = 64;
    private static final long RING_BYTES = (long) LIMIT * UringLayout.BUF_BYTES;
    private static final long TOTAL_BYTES = RING_BYTES + (long) LIMIT * BYTES;

    private final CallState state;
    private final long ring;
    private int given;
    private short tail;

    private UringBuffers(CallState state, long ring) {
        this.state = state;
        this.ring = ring;
    }

    /// Registers buffers with a ring.
    ///
    /// @return null where the kernel does not know such (before 5.19), or has no memory
    static @Nullable UringBuffers register(CallState state, UringRing uring) {
        long memory = Mman.mmap(state, TOTAL_BYTES, Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS, -1, 0);
        if (memory < 0) {
            return null;
        }
        var buffers = new UringBuffers(state, memory);
        long argument = Memory.allocate(UringLayout.BUF_REG_BYTES);
        Memory.putLong(argument + UringLayout.BUF_REG_ADDR, memory);
        Memory.putInt(argument + UringLayout.BUF_REG_ENTRIES, LIMIT);
        int result = uring.registerBuffers(argument);
        Memory.free(argument);
        if (result < 0) {
            buffers.free();
            return null;
        }
        buffers.giveMore();
        return buffers;
    }

    /// Gives as many again as are given, if there are.
    ///
    /// @return whether there were any
    boolean giveMore() {
        int more = Math.min(LIMIT, Math.max(FIRST, 2 * given));
        boolean any = given < more;
        while (given < more) {
            give(given++);
        }
        return any;
    }

    /// Gives one back that the kernel has taken.
    void give(int id) {
        assert id >= 0 && id < given : "buffer " + id + " of " + given;
        long entry = ring + (long) (tail & (LIMIT - 1)) * UringLayout.BUF_BYTES;
        Memory.putLong(entry + UringLayout.BUF_ADDR, address(id));
        Memory.putInt(entry + UringLayout.BUF_LEN, BYTES);
        Memory.putShort(entry + UringLayout.BUF_BID, (short) id);
        tail++;
        Memory.putShortRelease(ring + UringLayout.BUF_TAIL, tail); // pairs with the kernel's acquire of the tail
    }

    /// Where the buffer is.
    long address(int id) {
        return ring + RING_BYTES + (long) id * BYTES;
    }

    /// After the ring has been closed.
    void free() {
        int unmapped = Mman.munmap(state, ring, TOTAL_BYTES);
        assert unmapped == 0 : "munmap buffers: " + unmapped;
    }
}
