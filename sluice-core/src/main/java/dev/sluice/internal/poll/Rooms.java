package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Memory;
import java.util.Arrays;

/// Memory for what a poll has received before it tells anybody: as many pieces as one poll ever needed.
///
/// Threads: the loop thread only.
final class Rooms {
    /// The size of a piece.
    static final int BYTES = 1 << 13;

    private long[] addresses = new long[0];
    private int used;

    /// A piece that stays as it is until [#giveBack] or [#giveAllBack].
    long next() {
        if (used == addresses.length) {
            addresses = Arrays.copyOf(addresses, used + 1);
            addresses[used] = Memory.allocate(BYTES);
        }
        return addresses[used++];
    }

    /// The last one is not needed.
    void giveBack() {
        used--;
    }

    void giveAllBack() {
        used = 0;
    }

    void free() {
        for (long address : addresses) {
            Memory.free(address);
        }
        addresses = new long[0];
    }
}
