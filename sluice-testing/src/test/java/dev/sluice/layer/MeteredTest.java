package dev.sluice.layer;

class MeteredTest extends LayerContract {
    @Override
    Layer layer() {
        return new Meter("test");
    }
}
