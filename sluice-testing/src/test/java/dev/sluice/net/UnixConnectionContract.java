package dev.sluice.net;

import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.testing.ConnectionContract;
import java.io.IOException;

/// Connections of Unix sockets keep the contract, on each back end.
abstract class UnixConnectionContract extends ConnectionContract {
    abstract Backend backend();

    @Override
    protected LoopsConfig config() {
        return LoopsConfig.defaults().withBackend(backend());
    }

    @Override
    protected Pair open() throws IOException {
        try (Listener listener = Unix.listen(new UnixAddress(""))) {
            Connection near = Unix.connect((UnixAddress) listener.address());
            return new Pair(near, listener.accept());
        }
    }

    @Override
    protected boolean showsResets() {
        return false;
    }
}
