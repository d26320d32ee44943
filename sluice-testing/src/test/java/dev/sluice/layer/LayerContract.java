package dev.sluice.layer;

import dev.sluice.net.Memory;
import dev.sluice.testing.ConnectionContract;
import java.io.IOException;

/// A byte layer on both ends of a connection keeps the contract.
abstract class LayerContract extends ConnectionContract {
    abstract Layer layer() throws IOException;

    @Override
    protected Pair open() throws IOException {
        Memory.Pair pair = Memory.pair("test");
        return new Pair(
                Stack.over(pair.near()).layer(layer()), Stack.over(pair.far()).layer(layer()));
    }
}
