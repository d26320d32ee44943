package dev.sluice.bench.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;

/// Sockets of the JDK, a virtual thread for each connection.
final class JdkEcho {
    private static final int BACKLOG = 4096;

    private JdkEcho() {}

    static void serve(BlockingQueue<Integer> port) throws IOException {
        try (var server = new ServerSocket(0, BACKLOG, InetAddress.ofLiteral("127.0.0.1"))) {
            port.add(server.getLocalPort());
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                Thread.startVirtualThread(() -> echo(socket));
            }
        }
    }

    private static void echo(Socket socket) {
        byte[] buffer = new byte[EchoServer.READ_BYTES];
        try (socket;
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException gone) {
            // the load has ended
        }
    }
}
