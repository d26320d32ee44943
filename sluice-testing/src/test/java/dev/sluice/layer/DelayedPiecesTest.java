package dev.sluice.layer;

import static java.time.Duration.ofNanos;

class DelayedPiecesTest extends LayerContract {
    @Override
    Layer layer() {
        return Faults.seeded(1).withPieces(1_000).withDelay(ofNanos(20_000));
    }
}
