package dev.sluice.session;

import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import java.io.IOException;
import java.util.List;

class SessionOverMuxTest extends SessionContract {
    @Override
    Ends open() throws IOException {
        Memory.Pair pair = Memory.pair("test");
        Mux client = Mux.client(pair.near());
        Mux server = Mux.server(pair.far());
        below.addAll(List.of(client, server));
        Connection near = client.open();
        return new Ends(near, server.accept());
    }
}
