package dev.sluice.net;

import dev.sluice.internal.io.PathBytes;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorMessage;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.SocketAddresses;
import dev.sluice.internal.poll.KernelSocketCalls;
import dev.sluice.internal.poll.SocketCalls;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import dev.sluice.io.Descriptors;
import dev.sluice.net.NetException.Ends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Connections of Unix sockets: between processes of one machine, with the permissions of files.
///
/// All methods are for coroutines; what they return belongs to the caller's loop.
public final class Unix {
    private static final int BACKLOG = 4096;
    private static final UnixAddress NOBODY = new UnixAddress("");

    private Unix() {}

    /// Who is at the other end.
    ///
    /// @param pid the process, as seen from here; 0 if it cannot be seen
    /// @param uid the user it had when it connected, or began to listen
    /// @param gid likewise, the group
    public record Credentials(int pid, int uid, int gid) {}

    /// A message that came with descriptors.
    ///
    /// @param bytes at least one; a stream keeps no bounds, so a long message may come in pieces, of which the
    ///     first has the descriptors
    /// @param descriptors the receiver's, each to be used or closed
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Parcel(byte[] bytes, List<Descriptor> descriptors) {
        /// What it says, as UTF-8.
        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /// An open file, pipe or socket that can be passed to another process, or has been received from one. It is
    /// its owner's, who closes it or turns it into something: a source, a sink, a connection or a listener of
    /// the caller's loop, which owns it from then on. What two processes share by it is one thing: the position
    /// of a file, and the bytes of a stream, of which each reaches one of them.
    ///
    /// Threads: one coroutine at a time.
    public static final class Descriptor implements AutoCloseable {
        private static final int GONE = -1;

        private final String name;
        private int fd; // GONE when it has been closed or turned into something

        Descriptor(int fd, String name) {
            this.fd = fd;
            this.name = name;
        }

        /// A file, opened to be read from its beginning.
        ///
        /// @throws IOException if that is not possible
        public static Descriptor reading(Path file) throws IOException {
            return open(file, Fcntl.O_RDONLY);
        }

        /// A file, opened to be written at its end; created if there is none.
        ///
        /// @throws IOException if that is not possible
        public static Descriptor appending(Path file) throws IOException {
            return open(file, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_APPEND);
        }

        private static Descriptor open(Path file, int flags) throws IOException {
            int fd = Fcntl.open(new CallState(), PathBytes.of(file), flags | Fcntl.O_CLOEXEC | Fcntl.O_NOCTTY, 0666);
            if (fd < 0) {
                throw Errno.exception("open", "file " + file, fd);
            }
            return new Descriptor(fd, "file " + file);
        }

        /// A second one of a connection's socket. What the connection has read is not in it: pass one that was
        /// not read from, and close it then, as [Connection#close] would otherwise wait for the other process.
        ///
        /// @throws NetException if it has been closed
        /// @throws IllegalArgumentException if it is not a connection of TCP or of a Unix socket
        public static Descriptor of(Connection connection) throws NetException {
            return of((Object) connection, Ends.to(connection.remote()));
        }

        /// A second one of a listener's socket: connections are then accepted by both, each by one.
        ///
        /// @throws NetException if it has been closed
        /// @throws IllegalArgumentException if it is not a listener of TCP or of a Unix socket
        public static Descriptor of(Listener listener) throws NetException {
            return of((Object) listener, Ends.of(listener.address()));
        }

        private static Descriptor of(Object any, Ends ends) throws NetException {
            if (!(any instanceof KernelSocket socket)) {
                throw new IllegalArgumentException("descriptor of " + any + ": expected a socket of the kernel");
            }
            requireKernel(socket.net, "descriptor of " + any);
            int fd = socket.duplicate();
            if (fd < 0) {
                throw NetException.of("duplicate", ends, fd);
            }
            return new Descriptor(fd, any.toString());
        }

        /// Its bytes.
        ///
        /// @throws IOException if there are none to be read; it is still the caller's then
        public ByteSource source() throws IOException {
            ByteSource source = Descriptors.source(require(), name);
            fd = GONE;
            return source;
        }

        /// Where its bytes go.
        ///
        /// @throws IOException if none can be written; it is still the caller's then
        public ByteSink sink() throws IOException {
            ByteSink sink = Descriptors.sink(require(), name);
            fd = GONE;
            return sink;
        }

        /// A connection of the caller's loop.
        ///
        /// @throws IOException if it is not a connected socket of a stream; it is still the caller's then
        public Connection connection() throws IOException {
            NetLoop net = NetLoop.here("connection " + name);
            require(net, 0);
            int taken = fd;
            fd = GONE;
            return Sockets.accepted(
                    net, taken, Sockets.name(net.sockets(), taken, NOBODY), SocketConnection.GRACE_NANOS);
        }

        /// A listener of the caller's loop. Its close deletes no path.
        ///
        /// @throws IOException if it is not a socket that listens; it is still the caller's then
        public Listener listener() throws IOException {
            NetLoop net = NetLoop.here("listener " + name);
            require(net, 1);
            int taken = fd;
            fd = GONE;
            return Unix.listener(net, taken, Sockets.name(net.sockets(), taken, NOBODY), () -> {});
        }

        /// @param listens 1 for a listener, 0 for a connection
        private void require(NetLoop net, int listens) throws IOException {
            requireKernel(net, "use of " + this);
            CallState state = new CallState();
            int does = Socket.getOption(state, require(), Socket.SOL_SOCKET, Socket.SO_ACCEPTCONN);
            int type = Socket.getOption(state, fd, Socket.SOL_SOCKET, Socket.SO_TYPE);
            if (does != listens || type != Socket.SOCK_STREAM || (listens == 0 && Socket.peer(state, fd).length == 0)) {
                throw new IOException("use of " + this + ": expected a socket of a stream that "
                        + (listens == 1 ? "listens" : "is connected"));
            }
        }

        private int require() {
            if (fd == GONE) {
                throw new IllegalStateException(this + ": closed or used, expected neither");
            }
            return fd;
        }

        /// Closes it, unless it has been turned into something. Closing twice is no error.
        @Override
        public void close() {
            if (fd != GONE) {
                Sockets.close(new KernelSocketCalls(new CallState()), fd);
                fd = GONE;
            }
        }

        @Override
        public String toString() {
            return "descriptor " + name;
        }
    }

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

    /// Writes a message that brings descriptors to another process, behind all that was written before. The
    /// peer gets copies; they stay open here, too.
    ///
    /// @param message at least one byte, as nothing travels without
    /// @param descriptors 253 at most; none of them closed or used
    /// @throws IllegalArgumentException if it is not a connection of this class
    /// @throws NetException if the peer has gone, say; none of them has been passed then
    public static void send(Connection connection, byte[] message, Descriptor... descriptors) throws IOException {
        SocketConnection socket = require(connection, "send descriptors to ");
        if (message.length == 0 || descriptors.length > DescriptorMessage.MOST) {
            throw new IllegalArgumentException("send descriptors to " + connection + ": bytes=" + message.length
                    + " descriptors=" + descriptors.length + ", expected 1 byte or more, and "
                    + DescriptorMessage.MOST + " descriptors or less");
        }
        socket.send(
                message,
                Arrays.stream(descriptors).mapToInt(Descriptor::require).toArray());
    }

    /// Reads bytes, and the descriptors that they bring. The other ways to read lose these: the kernel closes
    /// them.
    ///
    /// @param most bytes to read, at least 1
    /// @return empty at the end
    /// @throws IllegalArgumentException if it is not a connection of this class
    /// @throws NetException `EMFILE` if this process may not open so many; those that came are closed, and the
    ///     bytes are lost
    public static Optional<Parcel> receive(Connection connection, int most) throws IOException {
        SocketConnection socket = require(connection, "receive descriptors from ");
        if (most < 1) {
            throw new IllegalArgumentException(
                    "receive descriptors from " + connection + ": most=" + most + ", expected 1 or more");
        }
        return Optional.ofNullable(socket.receive(most));
    }

    private static SocketConnection require(Connection connection, String operation) {
        if (!(connection instanceof SocketConnection socket) || !(connection.remote() instanceof UnixAddress)) {
            throw new IllegalArgumentException(operation + connection + ": expected a connection of a Unix socket");
        }
        requireKernel(socket.net, operation + connection);
        return socket;
    }

    /// The JDK's sockets have no descriptors that one could have.
    private static void requireKernel(NetLoop net, String operation) {
        if (!net.sockets().knowsPeers()) {
            throw new UnsupportedOperationException(operation + ": back end NIO, expected one that asks the kernel");
        }
    }

    /// Who is at the other end of a connection: that the kernel vouches for.
    ///
    /// @throws IllegalArgumentException if it is not one of this class
    /// @throws NetException if it has been closed
    public static Credentials peer(Connection connection) throws NetException {
        return require(connection, "peer of ").credentials();
    }
}
