package dev.sluice.bench.net;

import dev.sluice.Sluice;
import dev.sluice.io.ByteSource;
import dev.sluice.io.FileStreams;
import dev.sluice.layer.Frames;
import dev.sluice.layer.Stack;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Datagrams;
import dev.sluice.net.Datagrams.Datagram;
import dev.sluice.net.Listener;
import dev.sluice.net.Listener.Limits;
import dev.sluice.net.Tcp;
import dev.sluice.net.TcpAddress;
import dev.sluice.net.Udp;
import dev.sluice.net.Unix;
import dev.sluice.net.UnixAddress;
import dev.sluice.tls.TlsContext;
import dev.sluice.tls.TlsIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Ours: one loop, a coroutine for each connection, plain reads and writes.
final class SluiceServer {
    private static final int DATAGRAMS_AT_ONCE = 16;
    private static final Limits LIMITS = new Limits(20_000, Limits.defaults().drain());

    private SluiceServer() {}

    static void serve(Backend backend, Service service) throws Exception {
        LoopsConfig one = LoopsConfig.defaults().withCount(1).withBackend(backend);
        Sluice.run(one, () -> {
            switch (service.work()) {
                case "udp" -> echoDatagrams(service);
                case "unix" -> {
                    try (Listener listener = Unix.listen(UnixAddress.of(service.socket()))) {
                        service.port().add(0);
                        listener.serve(LIMITS, SluiceServer::echo);
                    }
                }
                default -> {
                    Listener.Handler handler = handler(service);
                    try (Listener listener = Tcp.listen("127.0.0.1:0")) {
                        service.port().add(((TcpAddress) listener.address()).port());
                        listener.serve(LIMITS, handler);
                    }
                }
            }
        });
    }

    private static Listener.Handler handler(Service service) throws IOException {
        return switch (service.work()) {
            case "echo" -> SluiceServer::echo;
            case "idle" -> connection -> connection.transferTo(connection);
            case "framed" -> SluiceServer::answerFrames;
            case "tls" -> secure(service).serving(SluiceServer::answerFrames);
            case "bulk" -> bulk(service.pattern());
            case "bulk-tls" -> secure(service).serving(bulk(service.pattern()));
            case "file" -> connection -> answerFile(connection, service);
            default -> throw service.unknown();
        };
    }

    private static TlsContext secure(Service service) throws IOException {
        return TlsContext.server(TlsIdentity.load(service.certificate(), service.key()))
                .withProtocols(TlsContext.TLS_1_3);
    }

    private static void echo(Connection connection) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Service.READ_BYTES);
        while (connection.read(buffer) >= 0) {
            connection.write(buffer.flip());
            buffer.clear();
        }
    }

    private static void echoDatagrams(Service service) throws IOException {
        try (Datagrams socket = Udp.bind("127.0.0.1:0")) {
            service.port().add(((Udp.End) socket.local()).port());
            while (true) {
                socket.send(socket.receive(DATAGRAMS_AT_ONCE).toArray(Datagram[]::new));
            }
        }
    }

    private static void answerFrames(Connection connection) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(Service.FRAME_BYTES);
        Frames frames = Stack.over(connection).frames();
        while (frames.receive(payload) >= 0) {
            frames.send(payload.flip());
            payload.clear();
        }
    }

    private static Listener.Handler bulk(ByteBuffer pattern) {
        return connection -> {
            for (long count; (count = requested(connection)) >= 0; ) {
                for (; count > 0; count -= pattern.capacity()) {
                    connection.write(pattern.duplicate());
                }
            }
        };
    }

    private static void answerFile(Connection connection, Service service) throws IOException {
        for (long count; (count = requested(connection)) >= 0; ) {
            try (ByteSource region = FileStreams.read(service.file(), 0, count)) {
                region.transferTo(connection);
            }
        }
    }

    /// How many bytes are wanted; -1 at the end.
    private static long requested(Connection connection) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(Long.BYTES);
        while (request.hasRemaining()) {
            if (connection.read(request) < 0) {
                return -1;
            }
        }
        return request.getLong(0);
    }
}
