package dev.sluice.session;

import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import java.nio.charset.StandardCharsets;

/// What may be asked of a [Service], and what the answer looks like. Both sides have the same one.
///
/// ```java
/// static final Method<Order, Receipt> BUY = Method.of("buy", Order.class, Receipt.class);
/// ```
///
/// The name and the two codecs are all that the sides share: no class is named on the wire. As codecs in CBOR
/// pass over entries that they do not know, and an `Optional` may be missing, either side can be the newer one.
///
/// Threads: immutable.
///
/// @param name on the wire: 1 to 255 bytes in UTF-8
/// @param request how what is asked travels
/// @param reply how the answer travels
/// @param <Q> what is asked
/// @param <R> what is answered
public record Method<Q, R>(String name, Codec<Q> request, Codec<R> reply) {
    private static final int LONGEST = 255;

    public Method {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > LONGEST) {
            throw new IllegalArgumentException(
                    "method '" + name + "': name of " + length + " bytes, expected 1.." + LONGEST);
        }
    }

    /// A method in CBOR; see [Cbor] for types with arguments. Makes two codecs, so keep it.
    public static <Q, R> Method<Q, R> of(String name, Class<Q> request, Class<R> reply) {
        return new Method<>(name, Cbor.of(request), Cbor.of(reply));
    }

    @Override
    public String toString() {
        return name;
    }
}
