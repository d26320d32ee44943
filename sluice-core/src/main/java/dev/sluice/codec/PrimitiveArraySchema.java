package dev.sluice.codec;

import java.util.Arrays;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// An array of numbers or truth values as an array; its elements are not boxed.
///
/// @param <A> the array
final class PrimitiveArraySchema<A> extends Schema<A> {
    private static final int FIRST = 16; // elements that room is taken for, whatever count is announced
    /// A copy with another length.
    private interface Resize<A> {
        A apply(A array, int length);
    }

    /// Writes one element, or reads one.
    private interface Element<A, S> {
        void move(A array, int index, S stream);
    }

    private final A empty;
    private final Resize<A> resize;
    private final ToIntFunction<A> length;
    private final Element<A, WireOutput> writer;
    private final Element<A, CborReader> reader;

    private PrimitiveArraySchema(
            A empty,
            Resize<A> resize,
            ToIntFunction<A> length,
            Element<A, WireOutput> writer,
            Element<A, CborReader> reader) {
        this.empty = empty;
        this.resize = resize;
        this.length = length;
        this.writer = writer;
        this.reader = reader;
    }

    /// The schema of an array type; null if it has no primitive elements, or those that have a form of their
    /// own.
    static @Nullable Schema<?> of(Class<?> type) {
        if (type == short[].class) {
            String expected = Scalars.integers(Short.MIN_VALUE, Short.MAX_VALUE);
            return new PrimitiveArraySchema<>(
                    new short[0],
                    Arrays::copyOf,
                    array -> array.length,
                    (array, i, out) -> CborWriter.integer(out, array[i]),
                    (array, i, in) -> array[i] = (short) in.integer(Short.MIN_VALUE, Short.MAX_VALUE, expected));
        } else if (type == int[].class) {
            String expected = Scalars.integers(Integer.MIN_VALUE, Integer.MAX_VALUE);
            return new PrimitiveArraySchema<>(
                    new int[0],
                    Arrays::copyOf,
                    array -> array.length,
                    (array, i, out) -> CborWriter.integer(out, array[i]),
                    (array, i, in) -> array[i] = (int) in.integer(Integer.MIN_VALUE, Integer.MAX_VALUE, expected));
        } else if (type == long[].class) {
            String expected = Scalars.integers(Long.MIN_VALUE, Long.MAX_VALUE);
            return new PrimitiveArraySchema<>(
                    new long[0],
                    Arrays::copyOf,
                    array -> array.length,
                    (array, i, out) -> CborWriter.integer(out, array[i]),
                    (array, i, in) -> array[i] = in.integer(Long.MIN_VALUE, Long.MAX_VALUE, expected));
        }
        return ofFractionsOrTruth(type);
    }

    private static @Nullable Schema<?> ofFractionsOrTruth(Class<?> type) {
        if (type == float[].class) {
            return new PrimitiveArraySchema<>(
                    new float[0],
                    Arrays::copyOf,
                    array -> array.length,
                    (array, i, out) -> CborWriter.number(out, array[i]),
                    (array, i, in) -> array[i] = (float) Scalars.single(in));
        } else if (type == double[].class) {
            return new PrimitiveArraySchema<>(
                    new double[0],
                    Arrays::copyOf,
                    array -> array.length,
                    (array, i, out) -> CborWriter.number(out, array[i]),
                    (array, i, in) -> array[i] = in.number(Scalars.DOUBLE));
        } else if (type == boolean[].class) {
            return new PrimitiveArraySchema<>(
                    new boolean[0],
                    Arrays::copyOf,
                    array -> array.length,
                    (array, i, out) -> CborWriter.bool(out, array[i]),
                    (array, i, in) -> array[i] = in.bool(Scalars.TRUTH));
        }
        return null;
    }

    @Override
    void write(A value, WireOutput out) {
        out.enter();
        int count = length.applyAsInt(value);
        CborWriter.array(out, count);
        for (int i = 0; i < count; i++) {
            writer.move(value, i, out);
        }
        out.leave();
    }

    @Override
    A read(CborReader in) {
        int count = in.array(expected());
        int room = count == CborReader.INDEFINITE ? FIRST : Math.min(count, FIRST);
        A array = resize.apply(empty, room);
        int read = 0;
        for (; in.more(count, read); read++) {
            if (read == room) {
                room = (int) Math.min(2L * room, in.limits.items());
                array = resize.apply(array, room);
            }
            try {
                reader.move(array, read, in);
            } catch (CodecException failure) {
                throw failure.at(read);
            }
        }
        in.leave();
        return read == room ? array : resize.apply(array, read);
    }

    @Override
    String expected() {
        return "an array";
    }
}
