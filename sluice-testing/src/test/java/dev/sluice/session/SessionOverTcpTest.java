package dev.sluice.session;

import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import java.io.IOException;

class SessionOverTcpTest extends SessionContract {
    @Override
    Ends open() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            Connection near = Tcp.connect(listener.address().place());
            return new Ends(near, listener.accept());
        }
    }
}
