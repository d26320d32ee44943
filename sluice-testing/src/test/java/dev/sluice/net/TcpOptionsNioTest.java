package dev.sluice.net;

import dev.sluice.internal.poll.JdkSockets;
import dev.sluice.loop.Backend;

class TcpOptionsNioTest extends TcpOptionsContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }

    @Override
    int option(Connection connection, int level, int option) {
        var socket = (SocketConnection) connection;
        return JdkSockets.option(socket.net.sockets(), socket.fd, level, option);
    }
}
