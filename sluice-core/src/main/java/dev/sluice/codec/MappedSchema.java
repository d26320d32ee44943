package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;

import java.util.function.Function;

/// A type that is carried as another one.
///
/// @param <T> the values
/// @param <C> what carries them
final class MappedSchema<T, C> extends Schema<T> {
    private final String name;
    private final Schema<C> carrier;
    private final Function<? super T, ? extends C> to;
    private final Function<? super C, ? extends T> from;

    MappedSchema(
            String name,
            Schema<C> carrier,
            Function<? super T, ? extends C> to,
            Function<? super C, ? extends T> from) {
        this.name = name;
        this.carrier = carrier;
        this.to = to;
        this.from = from;
    }

    @Override
    void write(T value, WireOutput out) {
        C carried;
        try {
            carried = to.apply(value);
        } catch (RuntimeException failure) {
            throw CodecException.of(UNENCODABLE, "mapping threw=" + failure, carrier.expected(), failure);
        }
        carrier.writeChecked(carried, out);
    }

    @Override
    T read(CborReader in) {
        int start = in.in.position();
        C carried = carrier.read(in);
        try {
            T value = from.apply(carried);
            if (value != null) {
                return value;
            }
        } catch (RuntimeException failure) {
            throw in.refused(start, expected(), failure);
        }
        throw in.refused(start, expected());
    }

    @Override
    String expected() {
        return carrier.expected() + " (" + name + ")";
    }
}
