package dev.sluice.session;

import dev.sluice.net.Connection;
import dev.sluice.testing.ConnectionContract;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Streams of a session keep the contract of connections.
abstract class MuxConnectionContract extends ConnectionContract {
    private @Nullable Mux client;
    private @Nullable Mux server;

    Pair stream(Connection near, Connection far) throws IOException {
        client = Mux.client(near);
        server = Mux.server(far);
        return new Pair(client.open(), server.accept());
    }

    @Override
    protected void release() throws IOException {
        if (client != null && server != null) {
            client.close();
            server.close();
        }
    }
}
