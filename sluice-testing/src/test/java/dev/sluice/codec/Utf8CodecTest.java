package dev.sluice.codec;

import dev.sluice.testing.CodecContract;
import java.util.List;

class Utf8CodecTest extends CodecContract<String> {
    @Override
    protected Codec<String> codec() {
        return Codec.utf8();
    }

    @Override
    protected List<String> values() {
        return List.of("", "a", "\u00fc\u20ac\ud800\udd51\ufffd", "x".repeat(100), "\u00fc".repeat(100));
    }

    @Override
    protected List<byte[]> garbage() {
        return List.of(new byte[] {'a', -1}, new byte[] {(byte) 0xc3}, new byte[] {(byte) 0xc0, (byte) 0x80});
    }
}
