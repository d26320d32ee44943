package dev.sluice.layer;

class DeflateFastTest extends LayerContract {
    @Override
    Layer layer() {
        return Deflate.defaults().withLevel(1);
    }
}
