package dev.sluice.bench.net;

import dev.sluice.Sluice;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.net.TcpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;

/// Ours: one loop, a coroutine for each connection, plain reads and writes.
final class SluiceEcho {
    private SluiceEcho() {}

    static void serve(Backend backend, BlockingQueue<Integer> port) throws Exception {
        LoopsConfig one = LoopsConfig.defaults().withCount(1).withBackend(backend);
        Sluice.run(one, () -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0")) {
                port.add(((TcpAddress) listener.address()).port());
                listener.serve(SluiceEcho::echo);
            }
        });
    }

    private static void echo(Connection connection) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(EchoServer.READ_BYTES);
        while (connection.read(buffer) >= 0) {
            connection.write(buffer.flip());
            buffer.clear();
        }
    }
}
