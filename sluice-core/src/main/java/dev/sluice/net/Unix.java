package dev.sluice.net;

import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.SocketAddresses;
import dev.sluice.internal.poll.SocketCalls;
import dev.sluice.net.NetException.Ends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Connections of Unix sockets: between processes of one machine, with the permissions of files.
///
/// All methods are for coroutines; what they return belongs to the caller's loop.
public final class Unix {
    private static final int BACKLOG = 4096;

    private Unix() {}

    /// Who is at the other end.
    ///
    /// @param pid the process, as seen from here; 0 if it cannot be seen
    /// @param uid the user it had when it connected, or began to listen
    /// @param gid likewise, the group
    public record Credentials(int pid, int uid, int gid) {}

    /// Listens. A path is created by that, and deleted when the listener is closed; a socket that another
    /// program has left behind is not replaced: delete it first, if nobody listens there.
    ///
    /// @throws NetException if that is not possible
    public static Listener listen(UnixAddress address) throws IOException {
        NetLoop net = NetLoop.here("listen at " + address);
        Ends ends = Ends.of(address);
        SocketCalls sockets = net.sockets();
        byte[] place = SocketAddresses.unix(address.bytes());
        int fd = Sockets.open(sockets, place, ends);
        Sockets.bindAndListen(sockets, fd, place, BACKLOG, ends);
        UnixAddress bound = address.name().isEmpty() ? (UnixAddress) Sockets.name(sockets, fd, address) : address;
        return listener(net, fd, bound, bound.isAbstract() ? () -> {} : () -> delete(bound));
    }

    private static Listener listener(NetLoop net, int fd, Address address, Runnable whenClosed) throws NetException {
        return Sockets.listener(new SocketListener(net, fd, address, SocketConnection.GRACE_NANOS, whenClosed));
    }

    private static void delete(UnixAddress address) {
        try {
            Files.deleteIfExists(Path.of(address.name()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Connects.
    ///
    /// @throws NetException if nobody listens there, or it is not permitted
    public static Connection connect(UnixAddress address) throws IOException {
        NetLoop net = NetLoop.here("connect to " + address);
        byte[] place = SocketAddresses.unix(address.bytes());
        int fd = Sockets.open(net.sockets(), place, Ends.to(address));
        return Sockets.connect(net, fd, place, Ends.to(address), SocketConnection.GRACE_NANOS);
    }

    /// Receives datagrams at an address. As with [#listen], a path is created, and deleted by the close.
    ///
    /// @param address an empty one gives a name that the system chooses, so that peers can answer
    /// @throws NetException if that is not possible
    public static Datagrams bind(UnixAddress address) throws IOException {
        NetLoop net = NetLoop.here("bind " + address);
        Ends ends = Ends.of(address);
        SocketCalls sockets = net.sockets();
        byte[] place = SocketAddresses.unix(address.bytes());
        int fd = Sockets.open(sockets, place, Socket.SOCK_DGRAM, ends);
        int result = sockets.bind(fd, place);
        if (result < 0) {
            Sockets.close(sockets, fd);
            throw NetException.of("bind", ends, result);
        }
        Address local = address.name().isEmpty() ? Sockets.name(sockets, fd, address) : address;
        boolean inDirectory = !address.name().isEmpty() && !address.isAbstract();
        return Sockets.datagrams(
                new DatagramSocket(net, fd, local, null, inDirectory ? () -> delete(address) : () -> {}));
    }

    /// Who is at the other end of a connection: that the kernel vouches for.
    ///
    /// @throws IllegalArgumentException if it is not one of this class
    /// @throws NetException if it has been closed
    public static Credentials peer(Connection connection) throws NetException {
        if (!(connection instanceof SocketConnection socket) || !(connection.remote() instanceof UnixAddress)) {
            throw new IllegalArgumentException("peer of " + connection + ": expected a connection of a Unix socket");
        }
        if (!socket.net.sockets().knowsPeers()) {
            throw new UnsupportedOperationException(
                    "peer of " + connection + ": back end NIO, expected one that asks the kernel");
        }
        return socket.credentials();
    }
}
