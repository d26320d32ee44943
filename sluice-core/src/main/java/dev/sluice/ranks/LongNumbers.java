package dev.sluice.ranks;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;

/// Whole numbers.
///
/// Threads: as [Numbers].
final class LongNumbers extends Numbers {
    private final LongBuffer values;
    private final long[] theirs;
    private final long[] ours;

    LongNumbers(LongBuffer values) {
        super(values.capacity(), values.order());
        this.values = values;
        this.theirs = new long[Math.min(PIECE, count())];
        this.ours = values.hasArray() ? values.array() : new long[theirs.length];
    }

    @Override
    void require(Reduction how) {
        // all of them are
    }

    @Override
    Numbers copy() {
        long[] copied = new long[count()];
        values.get(0, copied);
        return Numbers.of(copied);
    }

    @Override
    void fill(ByteBuffer target, int index) {
        int n = target.remaining() / BYTES;
        target.asLongBuffer().put(0, values, index, n);
        target.position(target.limit());
    }

    @Override
    void set(ByteBuffer payload, int index) {
        LongBuffer from = payload.asLongBuffer();
        values.put(index, from, 0, from.remaining());
    }

    @Override
    void combine(ByteBuffer payload, int index, Reduction how) {
        LongBuffer from = payload.asLongBuffer();
        int all = from.remaining();
        for (int done = 0; done < all; ) {
            int n = Math.min(theirs.length, all - done);
            from.get(done, theirs, 0, n);
            if (values.hasArray()) {
                combine(ours, values.arrayOffset() + index + done, theirs, n, how);
            } else {
                values.get(index + done, ours, 0, n);
                combine(ours, 0, theirs, n, how);
                values.put(index + done, ours, 0, n);
            }
            done += n;
        }
    }

    private static void combine(long[] into, int at, long[] other, int n, Reduction how) {
        switch (how) {
            case SUM -> {
                for (int i = 0; i < n; i++) {
                    into[at + i] += other[i];
                }
            }
            case PRODUCT -> {
                for (int i = 0; i < n; i++) {
                    into[at + i] *= other[i];
                }
            }
            case LEAST -> {
                for (int i = 0; i < n; i++) {
                    into[at + i] = Math.min(into[at + i], other[i]);
                }
            }
            case GREATEST -> {
                for (int i = 0; i < n; i++) {
                    into[at + i] = Math.max(into[at + i], other[i]);
                }
            }
            case AND -> {
                for (int i = 0; i < n; i++) {
                    into[at + i] &= other[i];
                }
            }
            case OR -> {
                for (int i = 0; i < n; i++) {
                    into[at + i] |= other[i];
                }
            }
            case XOR -> {
                for (int i = 0; i < n; i++) {
                    into[at + i] ^= other[i];
                }
            }
        }
    }
}
