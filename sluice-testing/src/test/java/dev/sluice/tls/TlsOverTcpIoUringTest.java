package dev.sluice.tls;

import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import java.io.IOException;

class TlsOverTcpIoUringTest extends TlsConnectionContract {
    @Override
    protected LoopsConfig config() {
        return LoopsConfig.defaults().withBackend(Backend.IO_URING);
    }

    @Override
    protected Pair open() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            Connection near = Tcp.connect(listener.address().place());
            return secure(near, listener.accept());
        }
    }
}
