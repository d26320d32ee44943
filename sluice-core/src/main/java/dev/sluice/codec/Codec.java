package dev.sluice.codec;

import java.nio.ByteBuffer;

/// How values of one type become bytes and come back.
///
/// A codec works on memory, and knows neither of sockets nor of queues. It writes into whatever buffer it is
/// given, so that a value goes into the memory of a connection or of a shared ring without a copy in between.
/// It does not say where a value ends: the frame around it does.
///
/// Threads: a codec has no state that changes, so any number of threads may use it at the same time. Making one
/// may be expensive; keep it.
///
/// Codecs for other formats implement the two abstract methods.
///
/// @param <T> the values; never null
public interface Codec<T> {
    /// Writes one value at the output's position.
    ///
    /// @throws CodecException if the value cannot be encoded, or does not fit; the output is then where it was
    void encode(T value, WireOutput out);

    /// Reads the one value that the remaining bytes are, all of them. It does not keep the buffer, and what it
    /// returns is no view of it.
    ///
    /// @throws CodecException if they are not exactly one value within the limits; the buffer is then where it
    ///     was
    T decode(ByteBuffer bytes);

    /// Encodes into an array of its own.
    ///
    /// @throws CodecException if the value cannot be encoded
    default byte[] encode(T value) {
        WireOutput out = WireOutput.growing(64, Integer.MAX_VALUE - 8);
        encode(value, out);
        return out.toByteArray();
    }

    /// Decodes a whole array.
    ///
    /// @throws CodecException if it is not exactly one value within the limits
    default T decode(byte[] bytes) {
        return decode(ByteBuffer.wrap(bytes));
    }

    /// Bytes as they are; decoding copies.
    static Codec<byte[]> raw() {
        return new RawCodec();
    }

    /// Text as UTF-8, strictly: what is not text is refused on both sides, never replaced.
    static Codec<String> utf8() {
        return new Utf8Codec();
    }
}
