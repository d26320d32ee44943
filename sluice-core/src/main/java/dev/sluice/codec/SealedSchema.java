package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// A sealed interface: a map of one entry, from the name of the permitted type to the value: `{"Circle":
/// {"radius": 2}}`. The name is a word of the schema. It is looked up among the permitted ones, and nowhere
/// else.
final class SealedSchema extends Schema<Object> {
    /// One permitted type.
    static final class Variant {
        final String name;
        final byte[] key; // the name as a CBOR item
        final Schema<Object> schema;

        Variant(String name, Schema<Object> schema) {
            this.name = name;
            this.key = CborWriter.textItem(name);
            this.schema = schema;
        }
    }

    private final String name;

    // Set once by resolve, before the codec is used; types may contain themselves.
    private List<Variant> variants = List.of();
    private Map<Class<?>, Variant> byClass = Map.of();
    private String names = "";

    SealedSchema(String name) {
        this.name = name;
    }

    /// The second half of construction.
    void resolve(Map<Class<?>, Variant> permitted) {
        byClass = new HashMap<>(permitted);
        variants = new ArrayList<>(permitted.values());
        names = String.join(
                ", ",
                new TreeSet<>(variants.stream().map(variant -> variant.name).toList()));
    }

    @Override
    void write(Object value, WireOutput out) {
        Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        Variant variant = byClass.get(type);
        if (variant == null) {
            throw CodecException.of(UNENCODABLE, "class=" + type.getSimpleName(), "one of " + names);
        }
        out.enter();
        CborWriter.map(out, 1);
        out.put(variant.key);
        try {
            variant.schema.write(value, out);
        } catch (CodecException failure) {
            throw failure.at(variant.name);
        }
        out.leave();
    }

    @Override
    Object read(CborReader in) {
        int start = in.in.position();
        int count = in.map(expected());
        if (!in.more(count, 0)) {
            throw in.refused(start, expected());
        }
        for (Variant variant : variants) {
            if (in.accept(variant.key)) {
                return value(in, variant, start, count);
            }
        }
        int at = in.in.position();
        String key = in.text("a name, one of " + names);
        for (Variant variant : variants) { // a name may be written in a longer form than ours
            if (variant.name.equals(key)) {
                return value(in, variant, start, count);
            }
        }
        throw in.refused(at, "one of " + names);
    }

    private Object value(CborReader in, Variant variant, int start, int count) {
        Object value;
        try {
            value = variant.schema.read(in);
        } catch (CodecException failure) {
            throw failure.at(variant.name);
        }
        if (in.more(count, 1)) {
            throw in.refused(start, expected());
        }
        in.leave();
        return value;
    }

    @Override
    String expected() {
        return "a map of one entry (" + name + ": " + names + ")";
    }
}
