package dev.sluice.internal.poll;

import dev.sluice.internal.linux.DatagramBatch;
import dev.sluice.internal.linux.Errno;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// Several datagrams of the JDK's, moved one after the other.
///
/// Threads: one at a time.
final class NioDatagrams implements DatagramBatch {
    private final NioSockets sockets;
    private final ByteBuffer room = ByteBuffer.allocateDirect(BYTES);
    private final byte[][] bytes = new byte[PLACES][];
    private final byte[][] addresses = new byte[PLACES][];

    NioDatagrams(NioSockets sockets) {
        this.sockets = sockets;
    }

    /// An error behind some that have come is told with them gone: it is lost, as the network may lose it.
    @Override
    public int receive(int fd, int most) {
        DatagramChannel channel = sockets.channel(fd).datagrams();
        int count = 0;
        int result = 1;
        while (count < most && result > 0) {
            int place = count;
            result = NioErrors.result(() -> receive(channel, place));
            count += Math.max(result, 0);
        }
        if (count > 0) {
            return count;
        }
        return result == 0 ? -Errno.EAGAIN : result;
    }

    /// @return whether one has come: 1 or 0
    private int receive(DatagramChannel channel, int place) throws IOException {
        SocketAddress from = channel.receive(room.clear());
        if (from == null) {
            return 0;
        }
        bytes[place] = new byte[room.flip().remaining()];
        room.get(bytes[place]);
        addresses[place] = NioAddresses.bytes(from);
        return 1;
    }

    @Override
    public int send(int fd, int count) {
        DatagramChannel channel = sockets.channel(fd).datagrams();
        for (int i = 0; i < count; i++) {
            int place = i;
            int result = NioErrors.result(() -> send(channel, place));
            if (result <= 0) {
                return i > 0 ? i : result == 0 ? -Errno.EAGAIN : result;
            }
        }
        return count;
    }

    /// @return whether it has gone: 1 or 0
    private int send(DatagramChannel channel, int place) throws IOException {
        byte[] one = bytes[place];
        room.clear().put(one).flip();
        int sent = addresses[place].length == 0
                ? channel.write(room)
                : channel.send(room, NioAddresses.of(addresses[place]));
        return sent > 0 || one.length == 0 ? 1 : 0;
    }

    @Override
    public void put(int place, byte[] address, byte[] content) {
        addresses[place] = address;
        bytes[place] = content;
    }

    @Override
    public byte[] bytes(int place) {
        return bytes[place];
    }

    @Override
    public boolean isTruncated(int place) {
        return false; // no datagram of UDP is longer than there is room for
    }

    @Override
    public byte[] address(int place) {
        return addresses[place];
    }

    @Override
    public void free() {
        // The memory is the garbage collector's.
    }
}
