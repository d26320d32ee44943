package dev.sluice.codec;

import java.nio.ByteBuffer;

/// Bytes as they are.
final class RawCodec implements Codec<byte[]> {
    @Override
    public void encode(byte[] value, WireOutput out) {
        out.put(value);
    }

    @Override
    public byte[] decode(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    @Override
    public String toString() {
        return "raw";
    }
}
