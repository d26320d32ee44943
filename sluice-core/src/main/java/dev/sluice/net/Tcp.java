package dev.sluice.net;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.poll.SocketCalls;
import dev.sluice.net.NetException.Ends;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;

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

    /// How a TCP socket behaves.
    ///
    /// @param noDelay whether small writes go out at once (`TCP_NODELAY`); what one tick writes is one piece
    ///     anyway
    /// @param keepAlive when the system asks a silent peer whether it is still there
    /// @param listening what only listeners have
    /// @param buffers what the system keeps for the socket
    /// @param closeGrace how long a close waits for the peer to take what was written; 0: not at all, what the
    ///     system has not taken is dropped
    public record Options(
            boolean noDelay, KeepAlive keepAlive, Listening listening, Buffers buffers, Duration closeGrace) {
        private static final Options DEFAULTS = new Options(
                true, KeepAlive.NEVER, new Listening(4096, false), new Buffers(0, 0), Duration.ofSeconds(5));

        public Options {
            if (closeGrace.isNegative()) {
                throw new IllegalArgumentException(
                        "tcp options: closeGrace=" + closeGrace + ", expected no negative time");
            }
        }

        /// Without delay, without questions, a backlog of 4096, a port of its own, buffers as the system likes,
        /// and five seconds to close.
        public static Options defaults() {
            return DEFAULTS;
        }

        public Options withNoDelay(boolean value) {
            return new Options(value, keepAlive, listening, buffers, closeGrace);
        }

        /// With the times of the system (`SO_KEEPALIVE`): on Linux the first question after two hours.
        public Options withKeepAlive(boolean value) {
            return withKeepAlive(value ? KeepAlive.OF_THE_SYSTEM : KeepAlive.NEVER);
        }

        public Options withKeepAlive(KeepAlive value) {
            return new Options(noDelay, value, listening, buffers, closeGrace);
        }

        /// How many connections may wait to be accepted, from 1 on; the system may allow fewer.
        public Options withBacklog(int value) {
            return new Options(noDelay, keepAlive, new Listening(value, listening.reusePort), buffers, closeGrace);
        }

        /// Whether others of the same user may listen at the same port, so that the system spreads the
        /// connections over them (`SO_REUSEPORT`): a listener for each loop, say.
        public Options withReusePort(boolean value) {
            return new Options(noDelay, keepAlive, new Listening(listening.backlog, value), buffers, closeGrace);
        }

        /// What the system keeps for the socket, in bytes (`SO_SNDBUF`, `SO_RCVBUF`); 0: as it likes.
        public Options withBuffers(int send, int receive) {
            return new Options(noDelay, keepAlive, listening, new Buffers(send, receive), closeGrace);
        }

        public Options withCloseGrace(Duration value) {
            return new Options(noDelay, keepAlive, listening, buffers, value);
        }
    }

    /// When the system asks a silent peer whether it is still there, and gives the connection up if no answer
    /// comes: operations then fail with `ETIMEDOUT`.
    ///
    /// @param on whether any is asked at all
    /// @param idle the silence before the first question (`TCP_KEEPIDLE`), in whole seconds from 1 to 32 767; 0
    ///     leaves all three to the system
    /// @param interval between two questions (`TCP_KEEPINTVL`), likewise
    /// @param probes how many are asked (`TCP_KEEPCNT`), from 1 to 127
    public record KeepAlive(boolean on, Duration idle, Duration interval, int probes) {
        static final KeepAlive NEVER = new KeepAlive(false, Duration.ZERO, Duration.ZERO, 0);
        static final KeepAlive OF_THE_SYSTEM = new KeepAlive(true, Duration.ZERO, Duration.ZERO, 0);

        private static final int MOST_SECONDS = 32_767;
        private static final int MOST_PROBES = 127;

        public KeepAlive {
            boolean system = idle.isZero() && interval.isZero() && probes == 0;
            if (!system && (!isTime(idle) || !isTime(interval) || probes < 1 || probes > MOST_PROBES)) {
                throw new IllegalArgumentException("keep alive: idle=" + idle + " interval=" + interval + " probes="
                        + probes + ", expected times of 1.." + MOST_SECONDS + " s and 1.." + MOST_PROBES + " probes");
            }
        }

        /// Asks after some silence, again and again.
        public static KeepAlive after(Duration idle, Duration interval, int probes) {
            return new KeepAlive(true, idle, interval, probes);
        }

        private static boolean isTime(Duration time) {
            return time.toSeconds() >= 1 && time.toSeconds() <= MOST_SECONDS;
        }

        private boolean hasTimes() {
            return probes > 0;
        }
    }

    /// What only listeners have.
    ///
    /// @param backlog see [Options#withBacklog]
    /// @param reusePort see [Options#withReusePort]
    public record Listening(int backlog, boolean reusePort) {
        public Listening {
            if (backlog < 1) {
                throw new IllegalArgumentException("tcp options: backlog=" + backlog + ", expected 1 or more");
            }
        }
    }

    /// What the system keeps for a socket, in bytes; 0: as it likes.
    ///
    /// @param send not yet acknowledged
    /// @param receive not yet read
    public record Buffers(int send, int receive) {
        public Buffers {
            if (send < 0 || receive < 0) {
                throw new IllegalArgumentException(
                        "tcp options: send=" + send + " receive=" + receive + ", expected 0 or more");
            }
        }
    }

    /// Listens with the default options.
    ///
    /// @param address without a host (`:80`) all addresses of this machine, IPv4 and IPv6; port 0 is one that
    ///     is free
    /// @throws NetException if that is not possible
    public static Listener listen(String address) throws IOException {
        return listen(TcpAddress.parse(address), Options.defaults());
    }

    /// Listens.
    ///
    /// @throws NetException if that is not possible
    public static Listener listen(TcpAddress address, Options options) throws IOException {
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
        return listen(net, address, Names.lookUp(address.host(), ends).getFirst(), options);
    }

    private static Listener listen(NetLoop net, TcpAddress address, InetAddress ip, Options options)
            throws NetException {
        SocketCalls sockets = net.sockets();
        Ends ends = Ends.of(address);
        byte[] place = Names.kernelAddress(ip, address.port());
        int fd = Sockets.open(sockets, place, ends);
        turnOn(sockets, fd, Socket.SOL_SOCKET, Socket.SO_REUSEADDR);
        if (options.listening.reusePort) {
            turnOn(sockets, fd, Socket.SOL_SOCKET, Socket.SO_REUSEPORT);
        }
        boolean both = address.host().isEmpty();
        if (place.length > Names.IPV4_ADDRESS_BYTES) {
            set(sockets, fd, Socket.IPPROTO_IPV6, Socket.IPV6_V6ONLY, both ? 0 : 1);
        }
        setAll(sockets, fd, options); // accepted connections inherit them
        Sockets.bindAndListen(sockets, fd, place, options.listening.backlog, ends);
        TcpAddress bound = (TcpAddress) Sockets.name(sockets, fd, address);
        var listener = new SocketListener(
                net, fd, both ? new TcpAddress("", bound.port()) : bound, options.closeGrace.toNanos(), () -> {});
        return Sockets.listener(listener);
    }

    /// Connects with the default options.
    ///
    /// @throws NetException if that is not possible
    public static Connection connect(String address) throws IOException {
        return connect(TcpAddress.parse(address), Options.defaults());
    }

    /// Connects. A name is looked up off the loop, and what was found is kept for ten seconds. If it has
    /// several addresses, those of IPv6 and of IPv4 take turns: the next is tried as well after 250 ms, or at
    /// once when one has failed, and the first that answers is taken (Happy Eyeballs, RFC 8305).
    ///
    /// Give it a deadline: the system's own limit is about two minutes.
    ///
    /// @throws NetException if that is not possible: the first failure, with the others suppressed
    public static Connection connect(TcpAddress address, Options options) throws IOException {
        NetLoop net = NetLoop.here("connect to " + address);
        Ends ends = Ends.to(address);
        return Race.run(Names.lookUp(address.host(), ends), ends, ip -> {
            var remote = new TcpAddress(Names.text(ip), address.port());
            return connect(net, remote, Names.kernelAddress(ip, address.port()), options);
        });
    }

    private static Connection connect(NetLoop net, TcpAddress remote, byte[] place, Options options)
            throws NetException {
        Ends ends = Ends.to(remote);
        SocketCalls sockets = net.sockets();
        int fd = Sockets.open(sockets, place, ends);
        setAll(sockets, fd, options);
        return Sockets.connect(net, fd, place, new Ends(null, remote), options.closeGrace.toNanos());
    }

    private static void setAll(SocketCalls sockets, int fd, Options options) {
        if (options.noDelay()) {
            turnOn(sockets, fd, Socket.IPPROTO_TCP, Socket.TCP_NODELAY);
        }
        KeepAlive keepAlive = options.keepAlive;
        if (keepAlive.on) {
            turnOn(sockets, fd, Socket.SOL_SOCKET, Socket.SO_KEEPALIVE);
        }
        if (keepAlive.hasTimes()) {
            set(sockets, fd, Socket.IPPROTO_TCP, Socket.TCP_KEEPIDLE, (int) keepAlive.idle.toSeconds());
            set(sockets, fd, Socket.IPPROTO_TCP, Socket.TCP_KEEPINTVL, (int) keepAlive.interval.toSeconds());
            set(sockets, fd, Socket.IPPROTO_TCP, Socket.TCP_KEEPCNT, keepAlive.probes);
        }
        if (options.buffers.send > 0) {
            set(sockets, fd, Socket.SOL_SOCKET, Socket.SO_SNDBUF, options.buffers.send);
        }
        if (options.buffers.receive > 0) {
            set(sockets, fd, Socket.SOL_SOCKET, Socket.SO_RCVBUF, options.buffers.receive);
        }
    }

    private static void turnOn(SocketCalls sockets, int fd, int level, int option) {
        set(sockets, fd, level, option, 1);
    }

    private static void set(SocketCalls sockets, int fd, int level, int option, int value) {
        int result = sockets.setOption(fd, level, option, value);
        assert result == 0 : Errno.message("setsockopt", level + "." + option, result);
    }
}
