package dev.sluice.net;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Socket;
import dev.sluice.net.NetException.Ends;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/// Connections of TCP.
///
/// ```java
/// try (var listener = Tcp.listen("127.0.0.1:8888")) {
///     listener.serve(connection -> connection.transferTo(connection)); // an echo server
/// }
/// ```
///
/// Where nothing else is said, `address` is `host:port` or `[IPv6]:port`, with or without `tcp:` in front. All
/// methods are for coroutines; what they return belongs to the caller's loop.
public final class Tcp {
    private Tcp() {}

    /// Listens with the default options.
    ///
    /// @param address without a host (`:80`) all addresses of this machine, IPv4 and IPv6; port 0 is one that
    ///     is free
    /// @throws NetException if that is not possible
    public static Listener listen(String address) throws IOException {
        return listen(TcpAddress.parse(address), TcpOptions.defaults());
    }

    /// Listens.
    ///
    /// @throws NetException if that is not possible
    public static Listener listen(TcpAddress address, TcpOptions options) throws IOException {
        NetLoop net = NetLoop.here("listen at " + address);
        Ends ends = Ends.of(address);
        if (address.host().isEmpty()) {
            try {
                return listen(net, address, Names.ALL_IPV6, options);
            } catch (NetException failure) {
                if (!failure.error().orElse("").equals("EAFNOSUPPORT")) {
                    throw failure;
                }
                return listen(net, address, Names.ALL_IPV4, options);
            }
        }
        return listen(net, address, Names.lookUp(address, ends).getFirst(), options);
    }

    private static Listener listen(NetLoop net, TcpAddress address, InetAddress ip, TcpOptions options)
            throws NetException {
        CallState state = net.state();
        Ends ends = Ends.of(address);
        byte[] place = Names.kernelAddress(ip, address.port());
        int fd = Sockets.open(state, place, ends);
        turnOn(state, fd, Socket.SOL_SOCKET, Socket.SO_REUSEADDR);
        if (options.reusePort()) {
            turnOn(state, fd, Socket.SOL_SOCKET, Socket.SO_REUSEPORT);
        }
        boolean both = address.host().isEmpty();
        if (place.length > Names.IPV4_ADDRESS_BYTES) {
            set(state, fd, Socket.IPPROTO_IPV6, Socket.IPV6_V6ONLY, both ? 0 : 1);
        }
        setAll(state, fd, options); // accepted connections inherit them
        Sockets.bindAndListen(state, fd, place, options.backlog(), ends);
        TcpAddress bound = (TcpAddress) Sockets.name(state, fd, address);
        return Sockets.listener(net, fd, both ? new TcpAddress("", bound.port()) : bound, () -> {});
    }

    /// Connects with the default options.
    ///
    /// @throws NetException if that is not possible
    public static Connection connect(String address) throws IOException {
        return connect(TcpAddress.parse(address), TcpOptions.defaults());
    }

    /// Connects. A name is looked up off the loop; its addresses are tried one after the other.
    ///
    /// Give it a deadline: the system's own limit is about two minutes.
    ///
    /// @throws NetException if that is not possible: the failure of the first address, with those of the others
    ///     suppressed
    public static Connection connect(TcpAddress address, TcpOptions options) throws IOException {
        NetLoop net = NetLoop.here("connect to " + address);
        List<InetAddress> places = Names.lookUp(address, Ends.to(address));
        NetException first = null;
        for (InetAddress ip : places) {
            var remote = new TcpAddress(Names.text(ip), address.port());
            try {
                return connect(net, remote, Names.kernelAddress(ip, address.port()), options);
            } catch (NetException failure) {
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        throw first != null ? first : NetException.of("lookup", Ends.to(address), "no addresses");
    }

    private static Connection connect(NetLoop net, TcpAddress remote, byte[] place, TcpOptions options)
            throws NetException {
        Ends ends = Ends.to(remote);
        CallState state = net.state();
        int fd = Sockets.open(state, place, ends);
        setAll(state, fd, options);
        return Sockets.connect(net, fd, place, remote);
    }

    private static void setAll(CallState state, int fd, TcpOptions options) {
        if (options.noDelay()) {
            turnOn(state, fd, Socket.IPPROTO_TCP, Socket.TCP_NODELAY);
        }
        if (options.keepAlive()) {
            turnOn(state, fd, Socket.SOL_SOCKET, Socket.SO_KEEPALIVE);
        }
    }

    private static void turnOn(CallState state, int fd, int level, int option) {
        set(state, fd, level, option, 1);
    }

    private static void set(CallState state, int fd, int level, int option, int value) {
        int result = Socket.setOption(state, fd, level, option, value);
        assert result == 0 : Errno.message("setsockopt", level + "." + option, result);
    }
}
