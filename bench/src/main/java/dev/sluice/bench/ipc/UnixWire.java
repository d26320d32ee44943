package dev.sluice.bench.ipc;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A Unix socket of the JDK, blocking: a system call a message out, and one for all that has arrived.
final class UnixWire implements Wire {
    private static final int BUFFER = 1 << 18;

    private final Path path;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).limit(0);
    private @Nullable ServerSocketChannel listener;
    private @Nullable SocketChannel channel;

    UnixWire(String place, boolean first) throws IOException {
        this.path = Path.of("/tmp", place + ".sock");
        if (first) {
            listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(path));
        } else {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        }
    }

    private SocketChannel connected() throws IOException {
        SocketChannel known = channel;
        if (known == null) {
            known = Objects.requireNonNull(listener, "listener").accept();
            channel = known;
        }
        return known;
    }

    @Override
    public void send(byte[] message) throws IOException {
        out.clear().putInt(message.length).put(message).flip();
        while (out.hasRemaining()) {
            connected().write(out);
        }
    }

    @Override
    public byte[] receive() throws IOException {
        need(Integer.BYTES);
        byte[] message = new byte[in.getInt()];
        need(message.length);
        in.get(message);
        return message;
    }

    private void need(int bytes) throws IOException {
        while (in.remaining() < bytes) {
            in.compact();
            int read = connected().read(in);
            in.flip();
            if (read < 0) {
                throw new EOFException("receive from " + path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        if (listener != null) {
            listener.close();
            Files.deleteIfExists(path);
        }
    }
}
