package dev.sluice.layer;

import dev.sluice.testing.FramingContract;
import java.util.List;

class FixedTest extends FramingContract {
    @Override
    protected Framing framing() {
        return Framing.fixed(limit());
    }

    @Override
    protected int shortest() {
        return limit();
    }

    @Override
    protected byte[] encoded(byte[] payload) {
        return payload;
    }

    @Override
    protected List<Hostile> hostile() {
        return List.of(); // all bytes are frames
    }
}
