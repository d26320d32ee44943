package dev.sluice.layer;

class DeflateTest extends LayerContract {
    @Override
    Layer layer() {
        return Deflate.defaults();
    }
}
