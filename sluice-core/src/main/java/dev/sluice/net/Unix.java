package dev.sluice.net;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.SocketAddresses;
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
        CallState state = net.state();
        byte[] place = SocketAddresses.unix(address.bytes());
        int fd = Sockets.open(state, place, ends);
        Sockets.bindAndListen(state, fd, place, BACKLOG, ends);
        if (address.name().isEmpty()) {
            return Sockets.listener(net, fd, Sockets.name(state, fd, address), () -> {}); // the kernel chose a name
        }
        return Sockets.listener(net, fd, address, address.isAbstract() ? () -> {} : () -> delete(address));
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
        int fd = Sockets.open(net.state(), place, Ends.to(address));
        return Sockets.connect(net, fd, place, address);
    }

    /// Who is at the other end of a connection: that the kernel vouches for.
    ///
    /// @throws IllegalArgumentException if it is not one of this class
    /// @throws NetException if it has been closed
    public static Credentials peer(Connection connection) throws NetException {
        if (!(connection instanceof SocketConnection socket) || !(connection.remote() instanceof UnixAddress)) {
            throw new IllegalArgumentException("peer of " + connection + ": expected a connection of a Unix socket");
        }
        return socket.credentials();
    }
}
