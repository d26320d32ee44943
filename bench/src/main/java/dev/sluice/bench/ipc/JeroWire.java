package dev.sluice.bench.ipc;

import java.nio.file.Path;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// A pair of sockets of JeroMQ's, by its `ipc:`; its threads do the input and output, and wake each other.
final class JeroWire implements Wire {
    private final ZContext context = new ZContext();
    private final ZMQ.Socket socket = context.createSocket(SocketType.PAIR);

    JeroWire(String place, boolean first) {
        String address = "ipc://" + Path.of("/tmp", place + ".jero");
        if (first) {
            socket.bind(address);
        } else {
            socket.connect(address);
        }
    }

    @Override
    public void send(byte[] message) {
        if (!socket.send(message)) {
            throw new IllegalStateException("send: errno " + socket.errno());
        }
    }

    @Override
    public byte[] receive() {
        byte[] message = socket.recv();
        if (message == null) {
            throw new IllegalStateException("receive: errno " + socket.errno());
        }
        return message;
    }

    @Override
    public void close() {
        context.close();
    }
}
