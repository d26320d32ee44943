package dev.sluice.json;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecLimits;

/// Makes codecs for JSON (RFC 8259) from Java types, by Jackson.
///
/// ```java
/// Messages<Order> orders = Stack.over(connection).frames(Framing.lines()).messages(Json.of(Order.class));
/// ```
///
/// What a type looks like is Jackson's: a record is an object. As with CBOR, entries that a record does not know
/// are passed over; and refused are entries that are missing, null for a primitive, names that come twice, and
/// anything behind the value. Modules of Jackson that are there, as those for `java.time` and `Optional`, are
/// used. No class is ever named on the wire, unless annotations of the type itself ask for it: do not.
///
/// For JSON of another kind bring a mapper of your own.
///
/// Threads: immutable, if the mapper is no longer changed.
public final class Json {
    private final ObjectMapper mapper;
    private final CodecLimits limits;

    private Json(ObjectMapper mapper, CodecLimits limits) {
        this.mapper = mapper;
        this.limits = limits;
    }

    /// As the class says, with the limits of [CodecLimits#defaults].
    public static Json defaults() {
        JsonMapper mapper = JsonMapper.builder()
                .findAndAddModules()
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        return new Json(mapper, CodecLimits.defaults());
    }

    /// By a mapper of your own, of which a copy is taken. Codecs refuse what is behind a value, whatever it says.
    public static Json by(ObjectMapper mapper) {
        return new Json(mapper.copy(), CodecLimits.defaults());
    }

    /// A codec with the defaults. Jackson looks at the type when it is first used.
    public static <T> Codec<T> of(Class<T> type) {
        return defaults().codec(type);
    }

    /// With other limits, those for bytes and depth; the bytes also limit items and text.
    public Json withLimits(CodecLimits limits) {
        return new Json(mapper, limits);
    }

    /// A codec for a type.
    public <T> Codec<T> codec(Class<T> type) {
        return make(mapper.constructType(type));
    }

    /// A codec for a type with arguments: `codec(new TypeReference<List<Order>>() {})`.
    public <T> Codec<T> codec(TypeReference<T> type) {
        return make(mapper.constructType(type));
    }

    private <T> Codec<T> make(JavaType type) {
        var constraints = StreamReadConstraints.builder()
                .maxNestingDepth(limits.depth())
                .maxStringLength(limits.bytes())
                .maxDocumentLength(limits.bytes())
                .build();
        ObjectMapper bounded = mapper.copy().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        bounded.getFactory().setStreamReadConstraints(constraints);
        return new JsonCodec<>(bounded, type, limits);
    }
}
