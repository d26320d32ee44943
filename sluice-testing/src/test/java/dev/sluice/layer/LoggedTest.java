package dev.sluice.layer;

import java.util.concurrent.atomic.AtomicLong;

class LoggedTest extends LayerContract {
    private final AtomicLong lines = new AtomicLong();

    @Override
    Layer layer() {
        return Layer.log(line -> lines.addAndGet(line.length()));
    }
}
