package dev.sluice.tls;

import dev.sluice.net.Memory;
import java.io.IOException;

class TlsOverMemoryTest extends TlsConnectionContract {
    @Override
    protected Pair open() throws IOException {
        Memory.Pair pair = Memory.pair("test");
        return secure(pair.near(), pair.far());
    }
}
