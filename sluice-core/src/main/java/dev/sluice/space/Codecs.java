package dev.sluice.space;

import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;

/// The CBOR codecs of the types that namespaces have met, each made once.
///
/// Threads: any.
final class Codecs {
    private static final ClassValue<Codec<?>> MADE = new ClassValue<>() {
        @Override
        protected Codec<?> computeValue(Class<?> type) {
            return Cbor.of(type);
        }
    };

    private Codecs() {}

    @SuppressWarnings("unchecked") // made for this class
    static <T> Codec<T> of(Class<T> type) {
        return (Codec<T>) MADE.get(type);
    }
}
