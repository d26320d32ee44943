package dev.sluice.layer;

import dev.sluice.layer.LayerException.Problem;
import dev.sluice.testing.FramingContract;
import java.nio.ByteBuffer;
import java.util.List;

class LengthPrefix1Test extends FramingContract {
    @Override
    protected Framing framing() {
        return Framing.lengthPrefix(1).withLimit(limit());
    }

    @Override
    protected int limit() {
        return 254;
    }

    @Override
    protected byte[] encoded(byte[] payload) {
        return ByteBuffer.allocate(1 + payload.length)
                .put((byte) payload.length)
                .put(payload)
                .array();
    }

    @Override
    protected List<Hostile> hostile() {
        return List.of(new Hostile(new byte[] {-1}, Problem.TOO_LARGE, "length=255, expected at most 254"));
    }
}
