package dev.sluice.ranks;

import dev.sluice.internal.ranks.ByteRing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.LongBuffer;

/// Numbers that ranks exchange and reduce in place, without a codec: an array, or a part of shared memory.
///
/// ```java
/// double[] gradient = …;
/// group.allReduce(Numbers.of(gradient), Reduction.SUM);   // now the sum of all ranks' arrays
/// ```
///
/// Threads: those of what it wraps.
public abstract sealed class Numbers permits LongNumbers, DoubleNumbers {
    /// Each number is one of eight bytes.
    static final int BYTES = 8;

    /// How many are combined at once.
    static final int PIECE = 1024;

    private final int count;

    Numbers(int count, ByteOrder order) {
        if (order != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException(
                    "numbers: order=" + order + ", expected " + ByteOrder.nativeOrder() + " as the machine's");
        }
        this.count = count;
    }

    /// Whole numbers, which change in place.
    public static Numbers of(long[] values) {
        return of(LongBuffer.wrap(values));
    }

    /// Floating-point numbers, which change in place.
    public static Numbers of(double[] values) {
        return of(DoubleBuffer.wrap(values));
    }

    /// The remaining numbers of a buffer, in the machine's byte order, as a view of
    /// [dev.sluice.space.Array#memory] is.
    ///
    /// @throws IllegalArgumentException for another byte order
    public static Numbers of(LongBuffer values) {
        return new LongNumbers(values.slice());
    }

    /// As [#of(LongBuffer)].
    public static Numbers of(DoubleBuffer values) {
        return new DoubleNumbers(values.slice());
    }

    /// How many there are.
    public final int count() {
        return count;
    }

    /// @throws IllegalArgumentException if such numbers cannot be reduced so
    abstract void require(Reduction how);

    /// Others with the same values.
    abstract Numbers copy();

    /// Fills the rest of a buffer with the numbers from an index on.
    abstract void fill(ByteBuffer target, int index);

    /// Sets numbers from an index on to the rest of a buffer.
    abstract void set(ByteBuffer payload, int index);

    /// Reduces those from an index on with the rest of a buffer.
    abstract void combine(ByteBuffer payload, int index, Reduction how);

    // ---- as an endpoint takes them

    /// Some of the numbers, as they are when they go.
    final Endpoint.Going going(int from, int until) {
        ByteRing.Source source = (target, offset) -> fill(target, from + (int) (offset / BYTES));
        return new Endpoint.Going(source, (long) (until - from) * BYTES);
    }

    /// All numbers, as they are now.
    final Endpoint.Going snapshot() {
        ByteBuffer now = ByteBuffer.allocate(count * BYTES).order(ByteOrder.nativeOrder());
        fill(now, 0);
        byte[] bytes = now.array();
        return new Endpoint.Going(
                (target, offset) -> target.put(bytes, (int) offset, target.remaining()), bytes.length);
    }

    /// Some numbers that come and replace those that are there.
    final Endpoint.Coming coming(int from, int until) {
        Endpoint.Sink sink = (payload, offset) -> set(payload, from + (int) (offset / BYTES));
        return new Endpoint.Coming(sink, (long) (until - from) * BYTES);
    }

    /// Some numbers that come and are reduced with those that are there.
    final Endpoint.Coming combining(int from, int until, Reduction how) {
        Endpoint.Sink sink = (payload, offset) -> combine(payload, from + (int) (offset / BYTES), how);
        return new Endpoint.Coming(sink, (long) (until - from) * BYTES);
    }
}
