package dev.sluice.bench.net;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/// Sockets of the JDK, a virtual thread for each connection.
final class JdkServer {
    private static final int PREFIX_BYTES = 4;

    private JdkServer() {}

    /// Serves one connection; it is closed behind it.
    private interface Handler<C> {
        void serve(C connection) throws IOException;
    }

    static void serve(Service service) throws Exception {
        switch (service.work()) {
            case "udp" -> Thread.ofVirtual().start(() -> echoDatagrams(service)).join();
            case "unix" -> {
                var place = UnixDomainSocketAddress.of(service.socket());
                acceptChannels(service, StandardProtocolFamily.UNIX, place, JdkServer::echoChannel);
            }
            case "file" -> {
                var place = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
                acceptChannels(service, StandardProtocolFamily.INET, place, channel -> answerFile(channel, service));
            }
            default -> accept(service, handler(service));
        }
    }

    private static Handler<Socket> handler(Service service) throws IOException {
        return switch (service.work()) {
            case "echo" -> socket -> echo(socket, Service.READ_BYTES);
            case "idle" -> socket -> echo(socket, Service.IDLE_BYTES);
            case "framed" -> JdkServer::answerFrames;
            case "bulk" -> {
                byte[] pattern = new byte[service.pattern().capacity()];
                service.pattern().get(pattern);
                yield socket -> answerBulk(socket, pattern);
            }
            default -> throw service.unknown();
        };
    }

    private static void accept(Service service, Handler<Socket> handler) throws IOException {
        try (var server = new ServerSocket(0, Service.BACKLOG, InetAddress.ofLiteral("127.0.0.1"))) {
            service.port().add(server.getLocalPort());
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                start(socket, handler);
            }
        }
    }

    private static void acceptChannels(
            Service service, StandardProtocolFamily family, SocketAddress place, Handler<SocketChannel> handler)
            throws IOException {
        try (var server = ServerSocketChannel.open(family)) {
            server.bind(place, Service.BACKLOG);
            service.port().add(server.getLocalAddress() instanceof InetSocketAddress address ? address.getPort() : 0);
            while (true) {
                start(server.accept(), handler);
            }
        }
    }

    private static <C extends Closeable> void start(C connection, Handler<C> handler) {
        Thread.startVirtualThread(() -> {
            try (connection) {
                handler.serve(connection);
            } catch (IOException gone) {
                // the load has ended
            }
        });
    }

    private static void echo(Socket socket, int bytes) throws IOException {
        byte[] buffer = new byte[bytes];
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
        }
    }

    private static void echoChannel(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Service.READ_BYTES);
        while (channel.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }
    }

    private static void echoDatagrams(Service service) {
        try (var socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            service.port().add(socket.getLocalPort());
            var packet = new DatagramPacket(new byte[Service.READ_BYTES], Service.READ_BYTES);
            while (true) {
                packet.setLength(Service.READ_BYTES);
                socket.receive(packet);
                socket.send(packet);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// What was there together is answered together.
    private static void answerFrames(Socket socket) throws IOException {
        ByteBuffer came = ByteBuffer.allocate(Service.READ_BYTES);
        ByteBuffer answer = ByteBuffer.allocate(Service.READ_BYTES);
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        for (int n; (n = in.read(came.array(), came.position(), came.remaining())) >= 0; ) {
            came.position(came.position() + n).flip();
            while (came.remaining() >= PREFIX_BYTES && came.remaining() - PREFIX_BYTES >= length(came)) {
                int length = came.getInt();
                answer.putInt(length).put(came.slice(came.position(), length));
                came.position(came.position() + length);
            }
            came.compact();
            out.write(answer.array(), 0, answer.position());
            answer.clear();
        }
    }

    private static int length(ByteBuffer came) throws IOException {
        int length = came.getInt(came.position());
        if (length < 0 || length > Service.FRAME_BYTES) {
            throw new IOException("frame: length=" + length + ", expected 0.." + Service.FRAME_BYTES);
        }
        return length;
    }

    private static void answerBulk(Socket socket, byte[] pattern) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        for (byte[] request; (request = in.readNBytes(Long.BYTES)).length == Long.BYTES; ) {
            for (long left = ByteBuffer.wrap(request).getLong(); left > 0; left -= pattern.length) {
                out.write(pattern);
            }
        }
    }

    private static void answerFile(SocketChannel channel, Service service) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(Long.BYTES);
        while (channel.read(request) >= 0) {
            if (request.hasRemaining()) {
                continue;
            }
            long count = request.flip().getLong();
            request.clear();
            try (FileChannel file = FileChannel.open(service.file())) {
                for (long at = 0; at < count; ) {
                    at += file.transferTo(at, count - at, channel);
                }
            }
        }
    }
}
