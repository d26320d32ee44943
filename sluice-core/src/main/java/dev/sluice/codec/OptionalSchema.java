package dev.sluice.codec;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What may be missing: the value itself, or null. A record leaves the entry out instead of writing null.
///
/// @param <O> the optional
/// @param <T> what is inside
final class OptionalSchema<O, T> extends Schema<O> {
    private final Schema<T> schema;
    private final O empty;
    private final Function<O, @Nullable T> get;
    private final Function<T, O> of;

    private OptionalSchema(Schema<T> schema, O empty, Function<O, @Nullable T> get, Function<T, O> of) {
        this.schema = schema;
        this.empty = empty;
        this.get = get;
        this.of = of;
    }

    static <T> Schema<Optional<T>> of(Schema<T> schema) {
        return new OptionalSchema<>(schema, Optional.empty(), optional -> optional.orElse(null), Optional::of);
    }

    static Schema<OptionalInt> ofInt(Schema<Integer> schema) {
        return new OptionalSchema<>(
                schema, OptionalInt.empty(), o -> o.isPresent() ? o.getAsInt() : null, OptionalInt::of);
    }

    static Schema<OptionalLong> ofLong(Schema<Long> schema) {
        return new OptionalSchema<>(
                schema, OptionalLong.empty(), o -> o.isPresent() ? o.getAsLong() : null, OptionalLong::of);
    }

    static Schema<OptionalDouble> ofDouble(Schema<Double> schema) {
        return new OptionalSchema<>(
                schema, OptionalDouble.empty(), o -> o.isPresent() ? o.getAsDouble() : null, OptionalDouble::of);
    }

    @Override
    void write(O value, WireOutput out) {
        T inside = get.apply(value);
        if (inside == null) {
            out.put((byte) CborWriter.NULL);
        } else {
            schema.write(inside, out);
        }
    }

    @Override
    O read(CborReader in) {
        if (in.accept(CborWriter.NULL) || in.accept(CborWriter.UNDEFINED)) {
            return empty;
        }
        return of.apply(schema.read(in));
    }

    @Override
    O absent() {
        return empty;
    }

    @Override
    boolean omits(O value) {
        return value.equals(empty);
    }

    @Override
    String expected() {
        return schema.expected() + ", or null";
    }
}
