package dev.sluice.layer;

class NoFaultsTest extends LayerContract {
    @Override
    Layer layer() {
        return Faults.seeded(1);
    }
}
