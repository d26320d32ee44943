package dev.sluice.session;

import dev.sluice.layer.Stack;
import dev.sluice.net.Memory;
import java.io.IOException;

class SessionOverDeflateTest extends SessionContract {
    @Override
    Ends open() throws IOException {
        Memory.Pair pair = Memory.pair("test");
        return new Ends(
                Stack.over(pair.near()).deflate(), Stack.over(pair.far()).deflate());
    }
}
