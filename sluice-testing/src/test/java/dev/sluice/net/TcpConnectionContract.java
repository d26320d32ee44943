package dev.sluice.net;

import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.testing.ConnectionContract;
import java.io.IOException;

/// Connections of TCP keep the contract, on each back end.
abstract class TcpConnectionContract extends ConnectionContract {
    abstract Backend backend();

    @Override
    protected LoopsConfig config() {
        return LoopsConfig.defaults().withBackend(backend());
    }

    @Override
    protected Pair open() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            Connection near = Tcp.connect(listener.address().place());
            return new Pair(near, listener.accept());
        }
    }
}
