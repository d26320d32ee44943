package dev.sluice.ranks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A message that has come, or of which parts have.
///
/// Threads: as its [Endpoint].
final class Kept {
    final int tag;
    final byte[] data;
    private int filled;

    Kept(int tag, int total) {
        this.tag = tag;
        this.data = new byte[total];
    }

    void take(ByteBuffer payload) {
        int more = payload.remaining();
        payload.get(data, filled, more);
        filled += more;
    }

    boolean isComplete() {
        return filled == data.length;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(data).order(ByteOrder.nativeOrder());
    }
}
