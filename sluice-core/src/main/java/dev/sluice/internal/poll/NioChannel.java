package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A socket of the JDK's, which behaves as one of the kernel's: what listens was a socket like others before.
///
/// Threads: its maker's, until it is known to its loop; then the loop thread.
final class NioChannel {
    /// An option as it was set.
    private record Option(int level, int option, int value) {}

    final EpollDescriptor.Waiters readers = new EpollDescriptor.Waiters();
    final EpollDescriptor.Waiters writers = new EpollDescriptor.Waiters();

    private final ProtocolFamily family;
    private final List<Option> options = new ArrayList<>(2);
    private final Map<String, MembershipKey> memberships = new HashMap<>(0);
    private SelectableChannel channel;
    private @Nullable SocketAddress bound; // of a stream that may yet listen
    private @Nullable SelectionKey key;
    private boolean connecting;

    private NioChannel(SelectableChannel channel, ProtocolFamily family) throws IOException {
        this.channel = channel;
        this.family = family;
        channel.configureBlocking(false);
    }

    static NioChannel open(int family, int type) throws IOException {
        ProtocolFamily named = switch (family) {
            case Socket.AF_INET -> StandardProtocolFamily.INET;
            case Socket.AF_INET6 -> StandardProtocolFamily.INET6;
            default -> StandardProtocolFamily.UNIX;
        };
        SelectableChannel made = type == Socket.SOCK_STREAM ? SocketChannel.open(named) : DatagramChannel.open(named);
        return new NioChannel(made, named);
    }

    NetworkChannel network() {
        return (NetworkChannel) channel;
    }

    DatagramChannel datagrams() {
        return (DatagramChannel) channel;
    }

    int setOption(int level, int option, int value) {
        options.add(new Option(level, option, value));
        return NioOptions.set(network(), level, option, value);
    }

    int bind(SocketAddress place) throws IOException {
        if (channel instanceof SocketChannel) {
            bound = place; // whether it will listen is not known yet
        } else {
            network().bind(place);
        }
        return 0;
    }

    /// @return 0, or a negated `errno`
    int listen(int backlog) throws IOException {
        var server = ServerSocketChannel.open(family);
        channel.close();
        channel = server.configureBlocking(false);
        // What a listener does not have itself is set on what it accepts.
        options.forEach(option -> NioOptions.set(server, option.level, option.option, option.value));
        server.bind(bound, backlog);
        return 0;
    }

    /// @return the accepted one, or null if nobody has come
    @Nullable NioChannel accept() throws IOException {
        SocketChannel accepted = ((ServerSocketChannel) channel).accept();
        if (accepted == null) {
            return null;
        }
        var made = new NioChannel(accepted, family);
        options.forEach(option -> made.setOption(option.level, option.option, option.value));
        return made;
    }

    /// Begins to connect, or finds out how it went.
    ///
    /// @return 0, `-EAGAIN`, or `-EBUSY` when the queue of a Unix listener is full
    int connect(long address, int length) throws IOException {
        byte[] place = new byte[length];
        Memory.copy(address, place, 0, length);
        var stream = (SocketChannel) channel;
        boolean was = connecting;
        connecting = false;
        if (was ? stream.finishConnect() : stream.connect(NioAddresses.of(place))) {
            return 0;
        }
        if (family == StandardProtocolFamily.UNIX) {
            channel = SocketChannel.open(family).configureBlocking(false); // the JDK would call it connected soon
            stream.close();
            return -Errno.EBUSY;
        }
        connecting = true;
        return -Errno.EAGAIN;
    }

    int receive(long address, int length) throws IOException {
        int count = ((SocketChannel) channel).read(Memory.buffer(address, length));
        if (count < 0) {
            return 0;
        }
        return count == 0 ? -Errno.EAGAIN : count;
    }

    int send(long address, int length) throws IOException {
        ByteBuffer from = Memory.buffer(address, length);
        int count = ((SocketChannel) channel).write(from);
        return count == 0 ? -Errno.EAGAIN : count;
    }

    int join(InetAddress group, NetworkInterface on) throws IOException {
        memberships.put(group + " " + on.getName(), datagrams().join(group, on));
        return 0;
    }

    int leave(InetAddress group, NetworkInterface on) {
        MembershipKey membership = memberships.remove(group + " " + on.getName());
        if (membership == null) {
            return -Errno.EADDRNOTAVAIL;
        }
        membership.drop();
        return 0;
    }

    /// Has the selector look for what is waited for, and for nothing else.
    void watch(Selector selector) throws ClosedChannelException {
        int wanted = 0;
        if (readers.first() != null) {
            wanted |= channel instanceof ServerSocketChannel ? SelectionKey.OP_ACCEPT : SelectionKey.OP_READ;
        }
        if (writers.first() != null) {
            wanted |= connecting ? SelectionKey.OP_CONNECT : SelectionKey.OP_WRITE;
        }
        SelectionKey known = key;
        if (known == null || known.channel() != channel) {
            key = wanted == 0 ? null : channel.register(selector, wanted, this);
        } else if (known.isValid()) {
            known.interestOps(wanted);
        } else if (wanted != 0) {
            throw new ClosedChannelException();
        }
    }

    int close() throws IOException {
        channel.close();
        return 0;
    }

    /// The interface that is meant by a number.
    static NetworkInterface networkInterface(int index) throws IOException {
        if (index != 0) {
            return NetworkInterface.getByIndex(index);
        }
        NetworkInterface best = null;
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (each.isUp() && each.supportsMulticast() && (best == null || best.isLoopback())) {
                best = each;
            }
        }
        if (best == null) {
            throw new IOException("No such device");
        }
        return best;
    }
}
