package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.SocketAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The addresses of sockets as the JDK has them, from and to the bytes of [SocketAddresses].
final class NioAddresses {
    private NioAddresses() {}

    /// @throws UnsupportedAddressTypeException for an abstract name, which the JDK does not know
    static SocketAddress of(byte[] place) {
        if (SocketAddresses.family(place) == Socket.AF_UNIX) {
            byte[] name = SocketAddresses.unixName(place);
            if (name.length == 0 || name[0] == 0) {
                throw new UnsupportedAddressTypeException();
            }
            return UnixDomainSocketAddress.of(new String(name, StandardCharsets.UTF_8));
        }
        return new InetSocketAddress(ip(place), SocketAddresses.port(place));
    }

    static InetAddress ip(byte[] place) {
        try {
            byte[] ip = SocketAddresses.ip(place);
            int scope = SocketAddresses.scope(place);
            return scope == 0 ? InetAddress.getByAddress(ip) : Inet6Address.getByAddress(null, ip, scope);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible); // an address of 4 or 16 bytes
        }
    }

    /// @param address null for none
    static byte[] bytes(@Nullable SocketAddress address) {
        return switch (address) {
            case InetSocketAddress internet -> {
                InetAddress ip = internet.getAddress();
                int scope = ip instanceof Inet6Address six ? six.getScopeId() : 0;
                yield SocketAddresses.internet(ip.getAddress(), internet.getPort(), scope);
            }
            case UnixDomainSocketAddress unix ->
                SocketAddresses.unix(unix.getPath().toString().getBytes(StandardCharsets.UTF_8));
            case null, default -> new byte[0];
        };
    }
}
