package dev.sluice.net;

import dev.sluice.testing.ConnectionContract;

class MemoryTest extends ConnectionContract {
    @Override
    protected Pair open() {
        Memory.Pair pair = Memory.pair("test");
        return new Pair(pair.near(), pair.far());
    }
}
