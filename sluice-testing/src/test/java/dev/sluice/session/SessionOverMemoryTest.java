package dev.sluice.session;

import dev.sluice.net.Memory;
import java.io.IOException;

class SessionOverMemoryTest extends SessionContract {
    @Override
    Ends open() throws IOException {
        Memory.Pair pair = Memory.pair("test");
        return new Ends(pair.near(), pair.far());
    }
}
