package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;

import org.jspecify.annotations.Nullable;

/// How the values of one Java type look in CBOR. A codec is a tree of these, made once from the type (a graph,
/// where types contain themselves).
///
/// @param <T> the values
abstract class Schema<T> {
    /// Writes a value; never null.
    abstract void write(T value, WireOutput out);

    /// Reads a value; never null.
    abstract T read(CborReader in);

    /// What it accepts, for messages: `an integer from 0 to 255`.
    abstract String expected();

    /// What stands for an entry that a record's map lacks; null if there must be one.
    @Nullable T absent() {
        return null;
    }

    /// Whether a record leaves the entry out for this value.
    boolean omits(T value) {
        return false;
    }

    /// Writes a value that a user's object has given, which may be null.
    final void writeChecked(@Nullable T value, WireOutput out) {
        if (value == null) {
            throw CodecException.of(UNENCODABLE, "value=null", expected() + " (what may be missing is an Optional)");
        }
        write(value, out);
    }
}
