package dev.sluice.ranks;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;

/// Floating-point numbers.
///
/// Threads: as [Numbers].
final class DoubleNumbers extends Numbers {
    private final DoubleBuffer values;
    private final double[] theirs;
    private final double[] ours;

    DoubleNumbers(DoubleBuffer values) {
        super(values.capacity(), values.order());
        this.values = values;
        this.theirs = new double[Math.min(PIECE, count())];
        this.ours = values.hasArray() ? values.array() : new double[theirs.length];
    }

    @Override
    void require(Reduction how) {
        if (how == Reduction.AND || how == Reduction.OR || how == Reduction.XOR) {
            throw new IllegalArgumentException(
                    "reduce floating-point numbers: reduction=" + how + ", expected one that is not about bits");
        }
    }

    @Override
    Numbers copy() {
        double[] copied = new double[count()];
        values.get(0, copied);
        return Numbers.of(copied);
    }

    @Override
    void fill(ByteBuffer target, int index) {
        int n = target.remaining() / BYTES;
        target.asDoubleBuffer().put(0, values, index, n);
        target.position(target.limit());
    }

    @Override
    void set(ByteBuffer payload, int index) {
        DoubleBuffer from = payload.asDoubleBuffer();
        values.put(index, from, 0, from.remaining());
    }

    @Override
    void combine(ByteBuffer payload, int index, Reduction how) {
        DoubleBuffer from = payload.asDoubleBuffer();
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

    private static void combine(double[] into, int at, double[] other, int n, Reduction how) {
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
            case AND, OR, XOR -> throw new IllegalStateException("reduction " + how + " of floating-point numbers");
        }
    }
}
