package dev.sluice.codec;

import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Makes codecs for CBOR, RFC 8949: `Cbor.of(Order.class)`.
///
/// A record is a map from the names of its components to their values; a sealed interface is a map of one
/// entry, from the name of the record to that record; an enum is the name of its constant. What else there is,
/// and how it looks, is in the guide's page on codecs.
///
/// **Encoding** is deterministic (§4.2.1): equal values have equal bytes. A null is refused: what may be
/// missing is an `Optional`. **Decoding** accepts any well-formed form of the same value, in any order. It
/// passes over entries that the record does not know, and refuses those that are missing, unless they are
/// optional: so a component can be added as an `Optional`, or taken away, while both versions are in use.
/// Numbers that do not fit, duplicate keys, tags that nobody expects, invalid UTF-8 and trailing bytes are
/// refused.
///
/// Only the type that the program names decides what is made: there are no class names in the bytes, and no
/// other code runs than the constructors of that type's records. If one throws, the input is refused.
///
/// Threads: immutable, any.
public final class Cbor {
    private final CodecLimits limits;
    private final MethodHandles.Lookup lookup;
    private final Map<Class<?>, Mapping<?, ?>> mappings;

    /// A type that is carried as another one.
    record Mapping<T, C>(
            Class<C> carrier, Function<? super T, ? extends C> to, Function<? super C, ? extends T> from) {}

    private Cbor(CodecLimits limits, MethodHandles.Lookup lookup, Map<Class<?>, Mapping<?, ?>> mappings) {
        this.limits = limits;
        this.lookup = lookup;
        this.mappings = mappings;
    }

    /// The default limits, no types beyond those of the guide.
    public static Cbor defaults() {
        return new Cbor(CodecLimits.defaults(), MethodHandles.lookup(), Map.of());
    }

    /// A codec with the defaults. This looks at the type once and takes milliseconds, the first of a program about
    /// a tenth of a second: make codecs where a program begins, and keep them.
    ///
    /// @throws IllegalArgumentException if the type, or one that it contains, has no encoding; the message says
    ///     where
    public static <T> Codec<T> of(Class<T> type) {
        return defaults().codec(type);
    }

    /// The same for a generic type.
    public static <T> Codec<T> of(TypeOf<T> type) {
        return defaults().codec(type);
    }

    /// A codec for lists of this type.
    public static <T> Codec<List<T>> listOf(Class<T> type) {
        return defaults().make(TypeRef.of(List.class, Reflection.typeOf(type)));
    }

    /// A codec for maps with text as keys.
    public static <T> Codec<Map<String, T>> mapOf(Class<T> type) {
        return defaults().make(TypeRef.of(Map.class, TypeRef.of(String.class), Reflection.typeOf(type)));
    }

    /// One item in the diagnostic notation of RFC 8949 §8, for people: `{"id": 7, "key": h'00ff'}`. Control
    /// characters are escaped.
    ///
    /// @throws CodecException if the bytes are not exactly one item within the default limits
    public static String describe(byte[] bytes) {
        return describe(ByteBuffer.wrap(bytes));
    }

    /// The same for the remaining bytes of a buffer, which stays as it is.
    public static String describe(ByteBuffer bytes) {
        try {
            return Diagnostic.print(bytes.duplicate(), CodecLimits.defaults());
        } catch (CodecException failure) {
            throw failure.in("describe cbor");
        }
    }

    /// With other limits.
    public Cbor withLimits(CodecLimits limits) {
        return new Cbor(limits, lookup, mappings);
    }

    /// With the access of whoever made the lookup, for records in modules that are not open to Sluice's.
    public Cbor withLookup(MethodHandles.Lookup lookup) {
        return new Cbor(limits, lookup, mappings);
    }

    /// With a type that is carried as another one, wherever it occurs: a currency as its code.
    ///
    /// @param to a value's carrier; never null
    /// @param from and back; if it throws, the input is refused
    public <T, C> Cbor withType(
            Class<T> type,
            Class<C> carrier,
            Function<? super T, ? extends C> to,
            Function<? super C, ? extends T> from) {
        Map<Class<?>, Mapping<?, ?>> more = new HashMap<>(mappings);
        more.put(type, new Mapping<>(carrier, to, from));
        return new Cbor(limits, lookup, Map.copyOf(more));
    }

    /// A codec for a type, as [#of(Class)].
    public <T> Codec<T> codec(Class<T> type) {
        return make(Reflection.typeOf(type));
    }

    /// A codec for a generic type.
    public <T> Codec<T> codec(TypeOf<T> type) {
        return make(type.type());
    }

    @SuppressWarnings("unchecked") // callers name the type that is meant
    private <T> Codec<T> make(TypeRef type) {
        Schema<T> schema = (Schema<T>) new SchemaBuilder(lookup, mappings).build(type);
        return new CborCodec<>(type.toString(), schema, limits);
    }
}
