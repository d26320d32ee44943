package dev.sluice.net;

import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.poll.SocketCalls;
import dev.sluice.net.NetException.Ends;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Datagrams of UDP (RFC 768).
///
/// ```java
/// try (Datagrams socket = Udp.bind("127.0.0.1:7123")) {
///     Datagram question = socket.receive();
///     socket.send(Datagram.to(question.peer(), "you are welcome"));
/// }
/// ```
///
/// Where nothing else is said, `address` is `host:port` or `[IPv6]:port`, with or without `udp:` in front. All
/// methods are for coroutines; what they return belongs to the caller's loop.
public final class Udp {
    private Udp() {}

    /// An address of UDP.
    ///
    /// @param host a name, an IPv4 or IPv6 address; empty to receive at all addresses of this machine, of both
    ///     kinds
    /// @param port from 0 to 65535; 0 to receive at a port that is free
    public record End(String host, int port) implements Address {
        static final String NETWORK = "udp";

        public End {
            HostPort.check(host, port);
        }

        /// Reads `host:port` or `[IPv6]:port`, with or without `udp:` in front.
        ///
        /// @throws IllegalArgumentException if the text is none
        public static End parse(String text) {
            HostPort parsed = HostPort.parse(text, NETWORK);
            return new End(parsed.host(), parsed.port());
        }

        @Override
        public String network() {
            return NETWORK;
        }

        @Override
        public String place() {
            return HostPort.text(host, port);
        }

        @Override
        public String toString() {
            return NETWORK + ":" + place();
        }
    }

    /// How a UDP socket behaves.
    ///
    /// @param reuseAddress whether other sockets may receive at the same port, as receivers of a group do
    ///     (`SO_REUSEADDR`)
    /// @param reusePort whether others of the same user may, so that the system spreads the datagrams over them
    ///     (`SO_REUSEPORT`)
    /// @param broadcast whether it may send to all of a network (`SO_BROADCAST`)
    /// @param hops how many networks datagrams for a group may cross, from 0 to 255; 1: none but this one
    /// @param networkInterface the name of the one through which datagrams for groups go, such as `eth0`;
    ///     empty: the system's choice
    public record Options(
            boolean reuseAddress, boolean reusePort, boolean broadcast, int hops, String networkInterface) {
        private static final int MAX_HOPS = 255;
        private static final Options DEFAULTS = new Options(false, false, false, 1, "");

        public Options {
            if (hops < 0 || hops > MAX_HOPS) {
                throw new IllegalArgumentException("udp options: hops=" + hops + ", expected 0.." + MAX_HOPS);
            }
        }

        /// A port of its own, no broadcast, groups in this network only.
        public static Options defaults() {
            return DEFAULTS;
        }

        public Options withReuseAddress(boolean value) {
            return new Options(value, reusePort, broadcast, hops, networkInterface);
        }

        public Options withReusePort(boolean value) {
            return new Options(reuseAddress, value, broadcast, hops, networkInterface);
        }

        public Options withBroadcast(boolean value) {
            return new Options(reuseAddress, reusePort, value, hops, networkInterface);
        }

        public Options withHops(int value) {
            return new Options(reuseAddress, reusePort, broadcast, value, networkInterface);
        }

        public Options withNetworkInterface(String value) {
            return new Options(reuseAddress, reusePort, broadcast, hops, value);
        }
    }

    /// Receives at an address, with the default options.
    ///
    /// @param address without a host (`:53`) all addresses of this machine, IPv4 and IPv6; port 0 is one that
    ///     is free
    /// @throws NetException if that is not possible
    public static Datagrams bind(String address) throws IOException {
        return bind(End.parse(address), Options.defaults());
    }

    /// Receives at an address.
    ///
    /// @throws NetException if that is not possible
    public static Datagrams bind(End address, Options options) throws IOException {
        NetLoop net = NetLoop.here("bind " + address);
        Ends ends = Ends.of(address);
        if (!address.host().isEmpty()) {
            InetAddress ip = Names.lookUp(address.host(), ends).getFirst();
            return open(net, new Opening(ip, address, null, options, ends), SocketCalls::bind);
        }
        try {
            return open(net, new Opening(Names.ALL_IPV6, address, null, options, ends), SocketCalls::bind);
        } catch (NetException failure) {
            if (!failure.error().orElse("").equals("EAFNOSUPPORT")) {
                throw failure;
            }
            return open(net, new Opening(Names.ALL_IPV4, address, null, options, ends), SocketCalls::bind);
        }
    }

    /// Sends to one address and receives from there only, with the default options.
    ///
    /// @throws NetException if the name has no address
    public static Datagrams connect(String address) throws IOException {
        return connect(End.parse(address), Options.defaults());
    }

    /// Sends to one address and receives from there only. Nothing is sent by this: whether somebody is there
    /// shows later.
    ///
    /// @throws NetException if the name has no address
    public static Datagrams connect(End address, Options options) throws IOException {
        NetLoop net = NetLoop.here("connect to " + address);
        Ends ends = Ends.to(address);
        InetAddress ip = Names.lookUp(address.host(), ends).getFirst();
        return open(net, new Opening(ip, address, address, options, ends), SocketCalls::connect);
    }

    /// Receives what is sent to a group, too (RFC 1112, RFC 3810), on each interface that it joins.
    ///
    /// @param datagrams of this class, at the group's port
    /// @param group an address such as `239.1.2.3` or `ff02::1234`
    /// @param networkInterface its name; empty: the system's choice
    /// @throws NetException if that is not possible
    /// @throws IllegalArgumentException if it is no address of a group, or there is no such interface
    public static void join(Datagrams datagrams, String group, String networkInterface) throws IOException {
        member(datagrams, Socket.MCAST_JOIN_GROUP, group, networkInterface);
    }

    /// Ends what [#join] has begun.
    ///
    /// @throws NetException if it has not joined
    public static void leave(Datagrams datagrams, String group, String networkInterface) throws IOException {
        member(datagrams, Socket.MCAST_LEAVE_GROUP, group, networkInterface);
    }

    private static void member(Datagrams datagrams, int what, String group, String networkInterface)
            throws IOException {
        String operation = what == Socket.MCAST_JOIN_GROUP ? "join" : "leave";
        if (!(datagrams instanceof DatagramSocket socket) || !(datagrams.local() instanceof End)) {
            throw new IllegalArgumentException(
                    operation + " " + group + ": " + datagrams + ", expected a socket of UDP");
        }
        InetAddress ip = InetAddress.ofLiteral(group);
        if (!ip.isMulticastAddress()) {
            throw new IllegalArgumentException(
                    operation + " " + group + ": expected an address of a group, 224.0.0.0 and on or ff00:: and on");
        }
        byte[] place = Names.kernelAddress(ip, 0);
        int index = index(networkInterface);
        socket.configure(operation + " " + group + " on", (sockets, fd) -> sockets.group(fd, what, place, index));
    }

    private static int index(String networkInterface) {
        if (networkInterface.isEmpty()) {
            return 0;
        }
        try {
            NetworkInterface found = NetworkInterface.getByName(networkInterface);
            if (found != null) {
                return found.getIndex();
            }
        } catch (SocketException failed) {
            throw new IllegalArgumentException("network interface " + networkInterface + ": " + failed, failed);
        }
        throw new IllegalArgumentException("network interface " + networkInterface + ": there is none of that name");
    }

    /// What a socket is opened for.
    ///
    /// @param ip of the family that is wanted
    private record Opening(
            InetAddress ip, End address, @Nullable End remote, Options options, Ends ends) {
        boolean isIpv6() {
            return ip instanceof Inet6Address;
        }

        /// Whether it receives at all addresses of this machine.
        boolean isForAll() {
            return remote == null && address.host().isEmpty();
        }
    }

    /// What gives a socket its address.
    private interface Step {
        int run(SocketCalls sockets, int fd, byte[] place);
    }

    private static Datagrams open(NetLoop net, Opening opening, Step last) throws NetException {
        SocketCalls sockets = net.sockets();
        int index = index(opening.options.networkInterface);
        byte[] place = Names.kernelAddress(opening.ip, opening.address.port());
        int fd = Sockets.open(sockets, place, Socket.SOCK_DGRAM, opening.ends);
        int result = setAll(sockets, fd, opening, index);
        if (result == 0) {
            result = last.run(sockets, fd, place);
        }
        if (result < 0) {
            Sockets.close(sockets, fd);
            throw NetException.of(opening.remote == null ? "bind" : "connect", opening.ends, result);
        }
        End bound = Peers.udp(sockets.name(fd));
        End local = opening.isForAll() ? new End("", bound.port()) : bound;
        return Sockets.datagrams(new DatagramSocket(net, fd, local, opening.remote, () -> {}));
    }

    private static int setAll(SocketCalls sockets, int fd, Opening opening, int index) {
        Options options = opening.options;
        List<DatagramSocket.Configuration> steps = List.of(
                (s, f) -> options.reuseAddress ? on(s, f, Socket.SO_REUSEADDR) : 0,
                (s, f) -> options.reusePort ? on(s, f, Socket.SO_REUSEPORT) : 0,
                (s, f) -> options.broadcast ? on(s, f, Socket.SO_BROADCAST) : 0,
                (s, f) -> opening.isIpv6()
                        ? s.setOption(f, Socket.IPPROTO_IPV6, Socket.IPV6_V6ONLY, opening.isForAll() ? 0 : 1)
                        : 0,
                (s, f) -> hops(s, f, opening),
                (s, f) -> index == 0 ? 0 : multicastInterface(s, f, opening, index));
        for (DatagramSocket.Configuration step : steps) {
            int result = step.run(sockets, fd);
            if (result < 0) {
                return result;
            }
        }
        return 0;
    }

    private static int on(SocketCalls sockets, int fd, int option) {
        return sockets.setOption(fd, Socket.SOL_SOCKET, option, 1);
    }

    private static int hops(SocketCalls sockets, int fd, Opening opening) {
        int value = opening.options.hops;
        return opening.isIpv6()
                ? sockets.setOption(fd, Socket.IPPROTO_IPV6, Socket.IPV6_MULTICAST_HOPS, value)
                : sockets.setOption(fd, Socket.IPPROTO_IP, Socket.IP_MULTICAST_TTL, value);
    }

    private static int multicastInterface(SocketCalls sockets, int fd, Opening opening, int index) {
        return opening.isIpv6()
                ? sockets.setOption(fd, Socket.IPPROTO_IPV6, Socket.IPV6_MULTICAST_IF, index)
                : sockets.multicastInterface(fd, index);
    }
}
