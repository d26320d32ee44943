package dev.sluice.codec;

import java.nio.ByteBuffer;

/// Text as UTF-8.
final class Utf8Codec implements Codec<String> {
    @Override
    public void encode(String value, WireOutput out) {
        try {
            Utf8.write(value, Utf8.length(value), out);
        } catch (CodecException failure) {
            throw failure.in("encode utf-8");
        }
    }

    @Override
    public String decode(ByteBuffer bytes) {
        int start = bytes.position();
        try {
            return Utf8.read(bytes, bytes.remaining(), start);
        } catch (CodecException failure) {
            bytes.position(start);
            throw failure.in("decode utf-8");
        }
    }

    @Override
    public String toString() {
        return "utf-8";
    }
}
