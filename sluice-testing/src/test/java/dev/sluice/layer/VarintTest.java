package dev.sluice.layer;

import dev.sluice.layer.LayerException.Problem;
import dev.sluice.testing.FramingContract;
import java.nio.ByteBuffer;
import java.util.List;

class VarintTest extends FramingContract {
    @Override
    protected Framing framing() {
        return Framing.varint().withLimit(limit());
    }

    @Override
    protected int limit() {
        return 300; // of two bytes
    }

    @Override
    protected byte[] encoded(byte[] payload) {
        int length = payload.length;
        ByteBuffer bytes = ByteBuffer.allocate((length < 128 ? 1 : 2) + length);
        if (length < 128) {
            bytes.put((byte) length);
        } else {
            bytes.put((byte) (128 + length % 128)).put((byte) (length / 128));
        }
        return bytes.put(payload).array();
    }

    @Override
    protected List<Hostile> hostile() {
        byte[] most = {-1, -1, -1, -1, 127};
        byte[] endless = {-128, -128, -128, -128, -128};
        return List.of(
                new Hostile(most, Problem.TOO_LARGE, "length=34359738367, expected at most 300"),
                new Hostile(endless, Problem.MALFORMED, "varint of more than 5 bytes, expected a length"));
    }
}
