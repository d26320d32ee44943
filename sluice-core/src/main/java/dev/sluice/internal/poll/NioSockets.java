package dev.sluice.internal.poll;

import dev.sluice.internal.linux.DatagramBatch;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Socket;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The JDK's sockets, under numbers of ours that stand where the kernel's descriptors stand elsewhere. No
/// number is used again before all others have been.
///
/// The JDK does not know abstract names of Unix sockets, nor their datagrams, nor who is at their other end.
///
/// Threads: any for the table; a socket is used as [NioChannel] says.
final class NioSockets implements SocketCalls {
    private final Selector selector;
    private final Runnable wakeup;
    private final Map<Integer, NioChannel> channels = new ConcurrentHashMap<>();
    private final AtomicInteger last = new AtomicInteger(); // counts; pairs with itself
    private volatile boolean closedSome; // set by any thread; pairs with the read in forgetClosed

    NioSockets(Selector selector, Runnable wakeup) {
        this.selector = selector;
        this.wakeup = wakeup;
    }

    NioChannel channel(int fd) {
        return Objects.requireNonNull(channels.get(fd), () -> "no socket " + fd);
    }

    private int add(NioChannel channel) {
        int fd;
        do {
            fd = last.incrementAndGet() & Integer.MAX_VALUE;
        } while (channels.putIfAbsent(fd, channel) != null);
        return fd;
    }

    @Override
    public int open(int family, int type) {
        if (family == Socket.AF_UNIX && type != Socket.SOCK_STREAM) {
            return -Errno.ESOCKTNOSUPPORT;
        }
        int result = NioErrors.result(() -> add(NioChannel.open(family, type)));
        return result == -Errno.EOPNOTSUPP ? -Errno.EAFNOSUPPORT : result;
    }

    @Override
    public int bind(int fd, byte[] place) {
        boolean anyUnix = place.length == Short.BYTES; // only a family
        return NioErrors.result(() -> anyUnix ? 0 : channel(fd).bind(NioAddresses.of(place)));
    }

    @Override
    public int listen(int fd, int backlog) {
        return NioErrors.result(() -> channel(fd).listen(backlog));
    }

    @Override
    public int connect(int fd, byte[] place) {
        return NioErrors.result(() -> {
            channel(fd).datagrams().connect(NioAddresses.of(place));
            return 0;
        });
    }

    /// @return the number of the accepted socket, `-EAGAIN` if nobody has come, or another negated `errno`
    int accept(int fd) {
        return NioErrors.result(() -> {
            NioChannel accepted = channel(fd).accept();
            return accepted == null ? -Errno.EAGAIN : add(accepted);
        });
    }

    @Override
    public byte[] name(int fd) {
        try {
            return NioAddresses.bytes(channel(fd).network().getLocalAddress());
        } catch (IOException closed) {
            return NioAddresses.bytes(null);
        }
    }

    @Override
    public byte[] peer(int fd) {
        try {
            NetworkChannel network = channel(fd).network();
            return NioAddresses.bytes(network instanceof SocketChannel stream ? stream.getRemoteAddress() : null);
        } catch (IOException closed) {
            return NioAddresses.bytes(null);
        }
    }

    @Override
    public int setOption(int fd, int level, int option, int value) {
        return channel(fd).setOption(level, option, value);
    }

    @Override
    public int group(int fd, int what, byte[] group, int networkInterface) {
        return NioErrors.result(() -> {
            NetworkInterface on = NioChannel.networkInterface(networkInterface);
            return what == Socket.MCAST_JOIN_GROUP
                    ? channel(fd).join(NioAddresses.ip(group), on)
                    : channel(fd).leave(NioAddresses.ip(group), on);
        });
    }

    @Override
    public int multicastInterface(int fd, int networkInterface) {
        return setOption(fd, Socket.IPPROTO_IP, Socket.IP_MULTICAST_IF, networkInterface);
    }

    @Override
    public int receive(int fd, long address, int length) {
        return NioErrors.result(() -> channel(fd).receive(address, length));
    }

    @Override
    public int shutdownOutput(int fd) {
        return NioErrors.result(() -> {
            if (channel(fd).network() instanceof SocketChannel stream) {
                stream.shutdownOutput();
            }
            return 0;
        });
    }

    @Override
    public int resetOnClose(int fd) {
        return NioErrors.result(() -> {
            channel(fd).network().setOption(StandardSocketOptions.SO_LINGER, 0);
            return 0;
        });
    }

    @Override
    public boolean knowsPeers() {
        return false;
    }

    @Override
    public int[] peerCredentials(int fd) {
        return new int[0];
    }

    /// Each loop counts its own sockets: the number of one means nothing to another, or some other socket.
    @Override
    public int adopt(SocketCalls from, int fd) {
        if (from == this) {
            return fd;
        }
        NioChannel moved = ((NioSockets) from).channels.remove(fd);
        return add(Objects.requireNonNull(moved, () -> "no socket " + fd));
    }

    @Override
    public DatagramBatch batch() {
        return new NioDatagrams(this);
    }

    @Override
    public int close(int fd) {
        NioChannel gone = channels.remove(fd);
        return NioErrors.result(() -> {
            int result = Objects.requireNonNull(gone, () -> "no socket " + fd).close();
            closedSome = true;
            wakeup.run();
            return result;
        });
    }

    /// Has what was closed end in earnest: until it next looks, a selector keeps it open. Loop thread only.
    void forgetClosed() throws IOException {
        if (closedSome) {
            closedSome = false;
            selector.selectNow();
        }
    }
}
