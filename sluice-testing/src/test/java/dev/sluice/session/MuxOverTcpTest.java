package dev.sluice.session;

import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import java.io.IOException;

class MuxOverTcpTest extends MuxConnectionContract {
    @Override
    protected Pair open() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            Connection near = Tcp.connect(listener.address().place());
            return stream(near, listener.accept());
        }
    }
}
