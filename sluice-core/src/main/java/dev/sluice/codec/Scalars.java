package dev.sluice.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// The types that are one item, apart from times.
///
/// | Java | CBOR |
/// |---|---|
/// | `byte`, `short`, `int`, `long`, `char` (its code) and their boxes | integer |
/// | `boolean` | true, false |
/// | `float`, `double` | the shortest float that keeps the value; integers are accepted |
/// | `String` | text |
/// | `byte[]` | bytes |
/// | `BigInteger` | integer, or tag 2 or 3 beyond 64 bits |
/// | `BigDecimal` | tag 4, `[exponent, mantissa]`; integers are accepted |
/// | `UUID` | tag 37, 16 bytes |
final class Scalars {
    static final String TRUTH = "true or false";
    static final String DOUBLE = "a number";
    static final String FLOAT = "a number that a float holds";

    private static final int TAG_UUID = 37;

    private Scalars() {}

    /// By type. No static table: building one codec is the time to make it, not the start of a program.
    static Map<Class<?>, Schema<?>> all() {
        Map<Class<?>, Schema<?>> all = new HashMap<>(Times.all());
        add(all, byte.class, Byte.class, integer(Byte.MIN_VALUE, Byte.MAX_VALUE, value -> (byte) value));
        add(all, short.class, Short.class, integer(Short.MIN_VALUE, Short.MAX_VALUE, value -> (short) value));
        add(all, int.class, Integer.class, integer(Integer.MIN_VALUE, Integer.MAX_VALUE, value -> (int) value));
        add(all, long.class, Long.class, integer(Long.MIN_VALUE, Long.MAX_VALUE, value -> value));
        add(
                all,
                char.class,
                Character.class,
                new Scalar<Character>(integers(0, Character.MAX_VALUE), CborWriter::integer, (in, expected) ->
                        (char) in.integer(0, Character.MAX_VALUE, expected)));
        add(all, boolean.class, Boolean.class, new Scalar<>(TRUTH, CborWriter::bool, CborReader::bool));
        add(all, double.class, Double.class, new Scalar<>(DOUBLE, CborWriter::number, CborReader::number));
        add(all, float.class, Float.class, new Scalar<Float>(FLOAT, CborWriter::number, (in, expected) ->
                (float) single(in)));
        all.put(String.class, new Scalar<>("text", CborWriter::text, CborReader::text));
        all.put(byte[].class, new Scalar<>("bytes", CborWriter::bytes, CborReader::bytes));
        all.put(BigInteger.class, new Scalar<>("an integer of any size", CborWriter::big, CborReader::big));
        all.put(BigDecimal.class, new Scalar<>("a decimal fraction (tag 4)", CborWriter::decimal, CborReader::decimal));
        all.put(UUID.class, new Scalar<>("a UUID (tag 37, 16 bytes)", Scalars::writeUuid, Scalars::readUuid));
        return all;
    }

    private static void add(Map<Class<?>, Schema<?>> all, Class<?> primitive, Class<?> box, Schema<?> schema) {
        all.put(primitive, schema);
        all.put(box, schema);
    }

    static String integers(long least, long most) {
        return "an integer from " + least + " to " + most;
    }

    /// A number from a whole one.
    private interface Narrow<T> {
        T from(long value);
    }

    private static <T extends Number> Schema<T> integer(long least, long most, Narrow<T> narrow) {
        return new Scalar<>(
                integers(least, most),
                (out, value) -> CborWriter.integer(out, value.longValue()),
                (in, expected) -> narrow.from(in.integer(least, most, expected)));
    }

    /// A number that a float holds exactly.
    static double single(CborReader in) {
        int start = in.in.position();
        double value = in.number(FLOAT);
        if (!Double.isNaN(value) && (float) value != value) {
            throw in.refused(start, FLOAT);
        }
        return value;
    }

    private static void writeUuid(WireOutput out, UUID value) {
        CborWriter.head(out, CborWriter.TAG, TAG_UUID);
        CborWriter.head(out, CborWriter.BYTES, 16);
        out.putLong(value.getMostSignificantBits());
        out.putLong(value.getLeastSignificantBits());
    }

    private static UUID readUuid(CborReader in, String expected) {
        int start = in.in.position();
        in.tag(TAG_UUID, expected);
        byte[] bytes = in.bytes(expected);
        if (bytes.length != 16) {
            throw in.refused(start, expected);
        }
        ByteBuffer halves = ByteBuffer.wrap(bytes);
        return new UUID(halves.getLong(), halves.getLong());
    }
}
