package dev.sluice.codec;

import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/// A type whose values are one item, or one with a tag in front.
///
/// @param <T> the values
final class Scalar<T> extends Schema<T> {
    private final String expected;
    private final BiConsumer<WireOutput, T> writer;
    private final BiFunction<CborReader, String, T> reader;

    /// @param reader is given the input and `expected`
    Scalar(String expected, BiConsumer<WireOutput, T> writer, BiFunction<CborReader, String, T> reader) {
        this.expected = expected;
        this.writer = writer;
        this.reader = reader;
    }

    @Override
    void write(T value, WireOutput out) {
        writer.accept(out, value);
    }

    @Override
    T read(CborReader in) {
        return reader.apply(in, expected);
    }

    @Override
    String expected() {
        return expected;
    }
}
