package dev.sluice.layer;

import dev.sluice.layer.LayerException.Problem;
import dev.sluice.testing.FramingContract;
import java.nio.ByteBuffer;
import java.util.List;

class LengthPrefix4Test extends FramingContract {
    @Override
    protected Framing framing() {
        return Framing.lengthPrefix(4).withLimit(limit());
    }

    @Override
    protected byte[] encoded(byte[] payload) {
        return ByteBuffer.allocate(4 + payload.length)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    @Override
    protected List<Hostile> hostile() {
        return List.of(
                new Hostile(new byte[] {-1, -1, -1, -1}, Problem.TOO_LARGE, "length=4294967295, expected at most 100"),
                new Hostile(new byte[] {0, 0, 0, 101}, Problem.TOO_LARGE, "length=101, expected at most 100"));
    }
}
