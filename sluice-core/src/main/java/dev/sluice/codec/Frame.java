package dev.sluice.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The components of records that are being decoded, until they are all there for the constructor: a stack of
/// slots, those of the innermost record on top. Primitives stay primitives.
///
/// Invariant: a record uses the slots from `base` on while its constructor runs, and nobody those from `top`
/// on.
final class Frame {
    private long[] bits = new long[8];
    private @Nullable Object[] references = new Object[8];
    private int base;
    private int top;

    /// Reserves slots, and returns the first.
    int push(int slots) {
        int first = top;
        top += slots;
        if (top > bits.length) {
            int length = Math.max(top, 2 * bits.length);
            bits = Arrays.copyOf(bits, length);
            references = Arrays.copyOf(references, length);
        }
        return first;
    }

    /// The constructor's arguments begin here.
    void select(int first) {
        base = first;
    }

    void pop(int first) {
        assert first <= top : first + " above " + top;
        top = first;
    }

    void set(int slot, long value) {
        bits[slot] = value;
    }

    void set(int slot, double value) {
        bits[slot] = Double.doubleToRawLongBits(value);
    }

    void set(int slot, Object value) {
        references[slot] = value;
    }

    // What the constructor handles call.

    long integer(int index) {
        return bits[base + index];
    }

    double number(int index) {
        return Double.longBitsToDouble(bits[base + index]);
    }

    @Nullable Object reference(int index) {
        return references[base + index];
    }
}
