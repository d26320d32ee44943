package dev.sluice.session;

import dev.sluice.net.Memory;
import java.io.IOException;

class MuxOverMemoryTest extends MuxConnectionContract {
    @Override
    protected Pair open() throws IOException {
        Memory.Pair pair = Memory.pair("test");
        return stream(pair.near(), pair.far());
    }
}
