package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/// CBOR items, each in its one deterministic form (RFC 8949 §4.2.1): the shortest head, the shortest float that
/// keeps the value, definite lengths.
///
///     head:  | major (3 bits) | info (5 bits) | argument: 0, 1, 2, 4 or 8 bytes |
///
///     major   0 unsigned   1 negative (-1 - argument)   2 bytes   3 text   4 array   5 map   6 tag   7 simple, float
///     info    0..23 is the argument   24..27 it follows in 1, 2, 4, 8 bytes   31 indefinite length, or break
final class CborWriter {
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int ARRAY = 4;
    static final int MAP = 5;
    static final int TAG = 6;
    static final int SIMPLE = 7;

    static final int FALSE = 0xf4;
    static final int TRUE = 0xf5;
    static final int NULL = 0xf6;
    static final int UNDEFINED = 0xf7;
    static final int HALF = 0xf9;
    static final int SINGLE = 0xfa;
    static final int DOUBLE = 0xfb;
    static final int BREAK = 0xff;

    static final int TAG_POSITIVE_BIG = 2;
    static final int TAG_NEGATIVE_BIG = 3;
    static final int TAG_DECIMAL = 4;

    /// Decimal exponents beyond are refused in both directions: a few bytes would become gigabytes as soon as
    /// somebody adds one, or prints it plainly.
    static final int MOST_SCALE = 1 << 14;

    private CborWriter() {}

    /// @param argument unsigned
    static void head(WireOutput out, int major, long argument) {
        int high = major << 5;
        if (Long.compareUnsigned(argument, 24) < 0) {
            out.put((byte) (high | (int) argument));
        } else if (argument >>> 8 == 0) {
            out.putShort((high | 24) << 8 | (int) argument);
        } else if (argument >>> 16 == 0) {
            out.ensure(3);
            out.put((byte) (high | 25));
            out.putShort((int) argument);
        } else if (argument >>> 32 == 0) {
            out.ensure(5);
            out.put((byte) (high | 26));
            out.putInt((int) argument);
        } else {
            out.ensure(9);
            out.put((byte) (high | 27));
            out.putLong(argument);
        }
    }

    static void integer(WireOutput out, long value) {
        if (value >= 0) {
            head(out, UNSIGNED, value);
        } else {
            head(out, NEGATIVE, ~value);
        }
    }

    static void bool(WireOutput out, boolean value) {
        out.put((byte) (value ? TRUE : FALSE));
    }

    /// A float or a double: a float becomes the same bytes as the double of its value.
    static void number(WireOutput out, double value) {
        float single = (float) value;
        if (Double.isNaN(value)) {
            out.ensure(3);
            out.put((byte) HALF);
            out.putShort(0x7e00);
        } else if (Double.doubleToRawLongBits(single) != Double.doubleToRawLongBits(value)) {
            out.ensure(9);
            out.put((byte) DOUBLE);
            out.putLong(Double.doubleToRawLongBits(value));
        } else {
            short half = Float.floatToFloat16(single);
            if (Float.floatToRawIntBits(Float.float16ToFloat(half)) == Float.floatToRawIntBits(single)) {
                out.ensure(3);
                out.put((byte) HALF);
                out.putShort(half);
            } else {
                out.ensure(5);
                out.put((byte) SINGLE);
                out.putInt(Float.floatToRawIntBits(single));
            }
        }
    }

    static void text(WireOutput out, String value) {
        int length = Utf8.length(value);
        requireLength(out, length);
        head(out, TEXT, length);
        Utf8.write(value, length, out);
    }

    /// A text as an item of its own, made once.
    static byte[] textItem(String value) {
        WireOutput out = WireOutput.growing(16, Integer.MAX_VALUE - 8);
        text(out, value);
        return out.toByteArray();
    }

    static void bytes(WireOutput out, byte[] value) {
        requireLength(out, value.length);
        head(out, BYTES, value.length);
        out.put(value);
    }

    private static void requireLength(WireOutput out, int length) {
        if (length > out.limits.text()) {
            throw CodecException.limit("length", length, out.limits.text());
        }
    }

    static void array(WireOutput out, int items) {
        requireItems(out, items);
        head(out, ARRAY, items);
    }

    static void map(WireOutput out, int entries) {
        requireItems(out, entries);
        head(out, MAP, entries);
    }

    private static void requireItems(WireOutput out, int items) {
        if (items > out.limits.items()) {
            throw CodecException.limit("items", items, out.limits.items());
        }
    }

    static void big(WireOutput out, BigInteger value) {
        BigInteger magnitude = value.signum() < 0 ? value.not() : value; // -1 - value
        int major = value.signum() < 0 ? NEGATIVE : UNSIGNED;
        if (magnitude.bitLength() <= 64) {
            head(out, major, magnitude.longValue());
            return;
        }
        byte[] bytes = magnitude.toByteArray();
        int from = bytes[0] == 0 ? 1 : 0; // the sign has a byte of its own where the first bit is set
        head(out, TAG, major == NEGATIVE ? TAG_NEGATIVE_BIG : TAG_POSITIVE_BIG);
        bytes(out, from == 0 ? bytes : Arrays.copyOfRange(bytes, from, bytes.length));
    }

    static void decimal(WireOutput out, BigDecimal value) {
        if (Math.abs((long) value.scale()) > MOST_SCALE) {
            throw CodecException.of(
                    UNENCODABLE, "scale=" + value.scale(), "a scale from -" + MOST_SCALE + " to " + MOST_SCALE);
        }
        head(out, TAG, TAG_DECIMAL);
        head(out, ARRAY, 2);
        integer(out, -value.scale());
        big(out, value.unscaledValue());
    }
}
