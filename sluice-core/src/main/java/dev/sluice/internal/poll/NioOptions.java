package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Socket;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import org.jspecify.annotations.Nullable;

/// Options of sockets by the kernel's numbers, as the JDK's by their names. So those that only some systems
/// have are found where they are, and no module is needed for them.
final class NioOptions {
    private NioOptions() {}

    /// Sets an option, as far as the JDK knows it for such a channel.
    ///
    /// @return 0, `-EOPNOTSUPP` or another negated `errno`
    static int set(NetworkChannel channel, int level, int option, int value) {
        if (level == Socket.IPPROTO_IPV6 && option == Socket.IPV6_V6ONLY) {
            return 0; // the JDK's sockets of IPv6 are for IPv4, too, always
        }
        SocketOption<?> known = find(channel, name(level, option));
        return known == null
                ? -Errno.EOPNOTSUPP
                : NioErrors.result(() -> {
                    set(channel, known, value);
                    return 0;
                });
    }

    @SuppressWarnings("unchecked") // the type was asked for
    private static void set(NetworkChannel channel, SocketOption<?> option, int value) throws IOException {
        if (option.type() == Boolean.class) {
            channel.setOption((SocketOption<Boolean>) option, value != 0);
        } else if (option.type() == NetworkInterface.class) {
            channel.setOption((SocketOption<NetworkInterface>) option, NetworkInterface.getByIndex(value));
        } else {
            channel.setOption((SocketOption<Integer>) option, value);
        }
    }

    static @Nullable SocketOption<?> find(NetworkChannel channel, String name) {
        for (SocketOption<?> option : channel.supportedOptions()) {
            if (option.name().equals(name)) {
                return option;
            }
        }
        return null;
    }

    /// The JDK's name, or an empty one.
    private static String name(int level, int option) {
        return switch (level) {
            case Socket.SOL_SOCKET ->
                switch (option) {
                    case Socket.SO_REUSEADDR -> "SO_REUSEADDR";
                    case Socket.SO_REUSEPORT -> "SO_REUSEPORT";
                    case Socket.SO_BROADCAST -> "SO_BROADCAST";
                    case Socket.SO_SNDBUF -> "SO_SNDBUF";
                    case Socket.SO_RCVBUF -> "SO_RCVBUF";
                    case Socket.SO_KEEPALIVE -> "SO_KEEPALIVE";
                    default -> "";
                };
            case Socket.IPPROTO_TCP ->
                switch (option) {
                    case Socket.TCP_NODELAY -> "TCP_NODELAY";
                    case Socket.TCP_KEEPIDLE -> "TCP_KEEPIDLE";
                    case Socket.TCP_KEEPINTVL -> "TCP_KEEPINTERVAL";
                    case Socket.TCP_KEEPCNT -> "TCP_KEEPCOUNT";
                    default -> "";
                };
            case Socket.IPPROTO_IP -> option == Socket.IP_MULTICAST_TTL ? "IP_MULTICAST_TTL" : multicast(option, false);
            default -> option == Socket.IPV6_MULTICAST_HOPS ? "IP_MULTICAST_TTL" : multicast(option, true);
        };
    }

    private static String multicast(int option, boolean six) {
        return option == (six ? Socket.IPV6_MULTICAST_IF : Socket.IP_MULTICAST_IF) ? "IP_MULTICAST_IF" : "";
    }
}
