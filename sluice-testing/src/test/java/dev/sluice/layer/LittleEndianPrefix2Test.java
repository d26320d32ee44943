package dev.sluice.layer;

import dev.sluice.layer.LayerException.Problem;
import dev.sluice.testing.FramingContract;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

class LittleEndianPrefix2Test extends FramingContract {
    @Override
    protected Framing framing() {
        return Framing.lengthPrefix(2, ByteOrder.LITTLE_ENDIAN).withLimit(limit());
    }

    @Override
    protected int limit() {
        return 300;
    }

    @Override
    protected byte[] encoded(byte[] payload) {
        return ByteBuffer.allocate(2 + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) payload.length)
                .put(payload)
                .array();
    }

    @Override
    protected List<Hostile> hostile() {
        return List.of(
                new Hostile(new byte[] {-1, -1}, Problem.TOO_LARGE, "length=65535, expected at most 300"),
                new Hostile(new byte[] {1, 2, 0}, Problem.TOO_LARGE, "length=513, expected at most 300"));
    }
}
