package dev.sluice.layer;

import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.testing.ConnectionContract;
import java.io.IOException;

class ProxyContractTest extends ConnectionContract {
    @Override
    protected Pair open() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            Connection near = Tcp.connect(listener.address().place());
            Connection announced = Stack.over(near).layer(ProxyProtocol.announcing(near.local(), near.remote()));
            return new Pair(announced, Stack.over(listener.accept()).layer(ProxyProtocol.accepting()));
        }
    }
}
