package dev.sluice.codec;

import java.lang.invoke.MethodHandles.Lookup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes the schema of a type, or says which part of it has none. Used once for each codec.
final class SchemaBuilder {
    private static final int MOST_DEPTH = 64; // generic types can contain ever larger ones of themselves

    private final Lookup lookup;
    private final Map<Class<?>, Cbor.Mapping<?, ?>> mappings;
    private final Map<Class<?>, Schema<?>> scalars = Scalars.all();
    private final Map<TypeRef, Schema<?>> known = new HashMap<>();
    private final List<String> path = new ArrayList<>();

    SchemaBuilder(Lookup lookup, Map<Class<?>, Cbor.Mapping<?, ?>> mappings) {
        this.lookup = lookup;
        this.mappings = mappings;
    }

    @SuppressWarnings("unchecked") // the schema of a type handles the values of that type
    Schema<Object> build(TypeRef type) {
        Schema<?> schema = known.get(type);
        if (schema == null) {
            if (path.size() > MOST_DEPTH) {
                throw unsupported(type, "types that do not contain ever larger ones");
            }
            schema = make(type);
            known.put(type, schema);
        }
        return (Schema<Object>) schema;
    }

    private Schema<Object> part(String step, TypeRef type) {
        path.add(step);
        Schema<Object> schema = build(type);
        path.removeLast();
        return schema;
    }

    private Schema<?> make(TypeRef type) {
        Class<?> raw = type.raw();
        Cbor.Mapping<?, ?> mapping = mappings.get(raw);
        if (mapping != null) {
            return mapped(raw, mapping);
        }
        Schema<?> simple = simple(raw);
        if (simple != null) {
            return simple;
        }
        if (raw.isArray()) {
            return array(type);
        }
        if (raw.isEnum()) {
            return enumeration(raw);
        }
        if (raw.isRecord()) {
            return record(type);
        }
        if (raw.isInterface() && raw.isSealed()) {
            return sealed(type);
        }
        return container(type);
    }

    private @Nullable Schema<?> simple(Class<?> raw) {
        Schema<?> scalar = scalars.get(raw);
        return scalar != null ? scalar : PrimitiveArraySchema.of(raw);
    }

    @SuppressWarnings("unchecked") // both functions of a mapping are for its carrier
    private Schema<?> mapped(Class<?> raw, Cbor.Mapping<?, ?> mapping) {
        Cbor.Mapping<Object, Object> any = (Cbor.Mapping<Object, Object>) mapping;
        if (path.size() > MOST_DEPTH) {
            throw unsupported(TypeRef.of(raw), "mappings that end");
        }
        return new MappedSchema<>(
                raw.getSimpleName(), part("", Reflection.typeOf(any.carrier())), any.to(), any.from());
    }

    @SuppressWarnings("unchecked") // an array of references
    private Schema<?> array(TypeRef type) {
        if (type.raw().componentType().isPrimitive()) {
            throw unsupported(type, "String, or byte, short, int, long, float, double or boolean in an array");
        }
        return new ArraySchema(part("[]", type.argument(0)), (Class<? extends Object[]>) type.raw());
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // it is an enum
    private static Schema<?> enumeration(Class<?> raw) {
        return new EnumSchema(raw);
    }

    private Schema<?> record(TypeRef type) {
        List<Reflection.Part> parts = Reflection.parts(type, lookup);
        if (parts.size() > RecordSchema.MOST_COMPONENTS) {
            throw unsupported(type, "at most " + RecordSchema.MOST_COMPONENTS + " components");
        }
        RecordSchema schema = new RecordSchema(type.raw().getSimpleName(), Reflection.constructor(type.raw(), lookup));
        known.put(type, schema); // before its components, which may contain it
        List<Component> components = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Reflection.Part each : parts) {
            if (!names.add(each.name())) {
                throw unsupported(type, "different names on the wire, found two " + each.name());
            }
            components.add(Component.of(each, components.size(), part(each.name(), each.type())));
        }
        schema.resolve(components);
        return schema;
    }

    private Schema<?> sealed(TypeRef type) {
        SealedSchema schema = new SealedSchema(type.raw().getSimpleName());
        known.put(type, schema);
        Map<Class<?>, SealedSchema.Variant> variants = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        for (TypeRef each : Reflection.permitted(type)) {
            if (!each.raw().isRecord() && !each.raw().isEnum() && !mappings.containsKey(each.raw())) {
                throw unsupported(each, "records and enums as what " + type + " permits");
            }
            String name = Reflection.nameOf(each.raw());
            if (!names.add(name)) {
                throw unsupported(type, "different names on the wire (@WireName), found two " + name);
            }
            variants.put(each.raw(), new SealedSchema.Variant(name, part(name, each)));
        }
        schema.resolve(variants);
        return schema;
    }

    private Schema<?> container(TypeRef type) {
        Class<?> raw = type.raw();
        if (raw == OptionalInt.class) {
            return OptionalSchema.ofInt(cast(build(TypeRef.of(Integer.class))));
        } else if (raw == OptionalLong.class) {
            return OptionalSchema.ofLong(cast(build(TypeRef.of(Long.class))));
        } else if (raw == OptionalDouble.class) {
            return OptionalSchema.ofDouble(cast(build(TypeRef.of(Double.class))));
        } else if (type.arguments().isEmpty()) {
            throw unsupported(type, "a record, a sealed interface of records, or another type that " + GUIDE);
        } else if (raw == Optional.class) {
            Schema<Object> inside = part("", type.argument(0));
            if (inside.absent() != null) {
                throw unsupported(type, "an optional of what is none");
            }
            return OptionalSchema.of(inside);
        } else if (raw == List.class || raw == Collection.class) {
            return new ListSchema<>(part("[]", type.argument(0)));
        } else if (raw == Set.class) {
            requireComparable(type, type.argument(0));
            return new SetSchema<>(part("[]", type.argument(0)));
        } else if (raw == Map.class) {
            requireComparable(type, type.argument(0));
            return new MapSchema<>(part("[key]", type.argument(0)), part("[]", type.argument(1)));
        }
        throw unsupported(type, "List, Collection, Set, Map, Optional, or another type that " + GUIDE);
    }

    private static final String GUIDE = "the guide's page on codecs lists";

    @SuppressWarnings("unchecked") // built for the same class
    private static <T> Schema<T> cast(Schema<?> schema) {
        return (Schema<T>) schema;
    }

    /// The hash codes of what a stranger sends can be made to collide. Java's maps then fall back on the order
    /// of their keys, if they have one.
    private void requireComparable(TypeRef type, TypeRef key) {
        if (!Comparable.class.isAssignableFrom(key.raw())) {
            throw unsupported(
                    type, key + " to be Comparable, so that collisions of hash codes do no harm, or a List instead");
        }
    }

    private IllegalArgumentException unsupported(TypeRef type, String expected) {
        StringBuilder where = new StringBuilder();
        for (String step : path) {
            where.append(where.isEmpty() || step.isEmpty() || step.startsWith("[") ? "" : ".")
                    .append(step);
        }
        return new IllegalArgumentException("cbor codec: " + (where.isEmpty() ? "" : "path=" + where + ", ") + "type="
                + type + ", expected " + expected);
    }
}
