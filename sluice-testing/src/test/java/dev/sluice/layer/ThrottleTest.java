package dev.sluice.layer;

class ThrottleTest extends LayerContract {
    @Override
    Layer layer() {
        return Layer.throttle(1L << 33);
    }
}
