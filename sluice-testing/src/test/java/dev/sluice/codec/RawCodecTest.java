package dev.sluice.codec;

import dev.sluice.testing.CodecContract;
import java.util.List;

class RawCodecTest extends CodecContract<byte[]> {
    @Override
    protected Codec<byte[]> codec() {
        return Codec.raw();
    }

    @Override
    protected List<byte[]> values() {
        return List.of(new byte[0], new byte[] {1, -1}, new byte[1000]);
    }

    @Override
    protected List<byte[]> garbage() {
        return List.of();
    }
}
