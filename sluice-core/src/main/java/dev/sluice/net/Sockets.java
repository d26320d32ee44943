package dev.sluice.net;

import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.SocketAddresses;
import dev.sluice.internal.poll.SocketCalls;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.net.NetException.Ends;
import java.util.Objects;

/// Makes connections and listeners out of descriptors, which are closed when that fails.
final class Sockets {
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 50_000_000;

    private Sockets() {}

    /// A socket for a stream.
    ///
    /// @param place of the family that is wanted
    static int open(SocketCalls sockets, byte[] place, Ends ends) throws NetException {
        return open(sockets, place, Socket.SOCK_STREAM, ends);
    }

    static int open(SocketCalls sockets, byte[] place, int type, Ends ends) throws NetException {
        int fd = sockets.open(SocketAddresses.family(place), type);
        if (fd < 0) {
            throw NetException.of("open", ends, fd);
        }
        return fd;
    }

    /// Binds a socket and lets it listen. The socket is closed when that fails.
    static void bindAndListen(SocketCalls sockets, int fd, byte[] place, int backlog, Ends ends) throws NetException {
        int result = sockets.bind(fd, place);
        if (result == 0) {
            result = sockets.listen(fd, backlog);
        }
        if (result < 0) {
            close(sockets, fd);
            throw NetException.of("listen", ends, result);
        }
    }

    static Listener listener(SocketListener listener) throws NetException {
        if (!listener.open()) {
            throw NetException.of("listen", Ends.of(listener.address()), "its loop has ended");
        }
        return listener;
    }

    static Datagrams datagrams(DatagramSocket socket) throws NetException {
        if (!socket.open()) {
            throw NetException.of("open", Ends.of(socket.local()), "its loop has ended");
        }
        return socket;
    }

    /// A connection that has been accepted.
    static Connection accepted(NetLoop net, int fd, Address listener, long graceNanos) throws NetException {
        SocketCalls sockets = net.sockets();
        byte[] peer = sockets.peer(fd);
        Address local = listener instanceof TcpAddress ? address(sockets.name(fd), listener) : listener;
        if (local.equals(listener)) {
            local = listener; // one object for all of its connections
        }
        var connection = new SocketConnection(net, fd, new Ends(local, address(peer, listener)), graceNanos);
        return opened("accept", connection);
    }

    /// Connects a socket, which is closed when that fails.
    ///
    /// @param to the remote end
    static Connection connect(NetLoop net, int fd, byte[] place, Ends to, long graceNanos) throws NetException {
        Address remote = Objects.requireNonNull(to.remote());
        net.calls.execute(() -> net.calls.loop().poller().prepare(fd));
        int result = -Errno.ECANCELED;
        try {
            result = connect(net, fd, place);
        } finally {
            if (!release(net, fd, result != 0)) {
                close(net.sockets(), fd);
                result = SuspendedOperation.LOOP_ENDED;
            }
        }
        if (result < 0) {
            throw result == SuspendedOperation.LOOP_ENDED
                    ? NetException.of("connect", to, "its loop has ended")
                    : NetException.of("connect", to, result);
        }
        Address local = address(net.sockets().name(fd), remote);
        return opened("connect", new SocketConnection(net, fd, new Ends(local, remote), graceNanos));
    }

    /// Ends what has been prepared for a connect.
    ///
    /// @param close whether the socket is closed behind that
    /// @return false if the loop has ended, and nothing has been done
    private static boolean release(NetLoop net, int fd, boolean close) {
        var done = new Completion<Boolean>();
        boolean alive = net.calls.execute(() -> {
            net.calls.loop().poller().release(fd);
            if (close) {
                close(net.sockets(), fd);
            }
            done.complete(true);
        });
        if (alive) {
            done.awaitUncancellable("end of a connect");
        }
        return alive;
    }

    private static int connect(NetLoop net, int fd, byte[] place) {
        var connecting = new Connecting(net, fd, place);
        try {
            long pause = FIRST_PAUSE_NANOS;
            while (true) {
                int result = connecting.perform("connect");
                if (result != -Errno.EBUSY) {
                    return result;
                }
                Sleep.nanos(pause, "the queue of a Unix listener"); // nothing tells when there is room
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            }
        } finally {
            connecting.free();
        }
    }

    private static Connection opened(String operation, SocketConnection connection) throws NetException {
        if (!connection.open()) {
            throw NetException.of(operation, connection.ends(), "its loop has ended");
        }
        return connection;
    }

    /// What the kernel's address means.
    ///
    /// @param like what it is if the kernel does not say: the peer has gone
    private static Address address(byte[] kernelAddress, Address like) {
        return switch (SocketAddresses.family(kernelAddress)) {
            case Socket.AF_UNIX -> UnixAddress.ofKernel(SocketAddresses.unixName(kernelAddress));
            case Socket.AF_INET, Socket.AF_INET6 -> Names.address(kernelAddress);
            default -> like instanceof TcpAddress ? new TcpAddress("?", 0) : new UnixAddress("");
        };
    }

    static Address name(SocketCalls sockets, int fd, Address like) {
        return address(sockets.name(fd), like);
    }

    static void close(SocketCalls sockets, int fd) {
        int result = sockets.close(fd);
        assert result == 0 : Errno.message("close", "socket " + fd, result);
    }

    /// An attempt to connect.
    private static final class Connecting extends SuspendedOperation {
        Connecting(NetLoop net, int fd, byte[] place) {
            super(net.calls);
            kind = Kind.CONNECT;
            this.fd = fd;
            address = Memory.allocate(place.length);
            length = place.length;
            Memory.copy(place, 0, address, place.length);
        }

        void free() {
            Memory.free(address);
        }

        @Override
        protected int admit() {
            return 0;
        }

        @Override
        protected int step(int answer) {
            return answer;
        }
    }
}
