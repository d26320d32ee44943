package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import jdk.net.ExtendedSocketOptions;

/// What the JDK says about the sockets under our numbers.
public final class JdkSockets {
    private JdkSockets() {}

    /// An option of a TCP socket, as the kernel's number for it would have it.
    public static int option(SocketCalls sockets, int fd, int level, int option) {
        NetworkChannel channel = ((NioSockets) sockets).channel(fd).network();
        SocketOption<?> known = switch (level == Socket.SOL_SOCKET ? option : -option) {
            case Socket.SO_KEEPALIVE -> StandardSocketOptions.SO_KEEPALIVE;
            case Socket.SO_SNDBUF -> StandardSocketOptions.SO_SNDBUF;
            case Socket.SO_RCVBUF -> StandardSocketOptions.SO_RCVBUF;
            case -Socket.TCP_NODELAY -> StandardSocketOptions.TCP_NODELAY;
            case -Socket.TCP_KEEPIDLE -> ExtendedSocketOptions.TCP_KEEPIDLE;
            case -Socket.TCP_KEEPINTVL -> ExtendedSocketOptions.TCP_KEEPINTERVAL;
            case -Socket.TCP_KEEPCNT -> ExtendedSocketOptions.TCP_KEEPCOUNT;
            default -> throw new AssertionError("level=" + level + " option=" + option);
        };
        try {
            return switch (channel.getOption(known)) {
                case Boolean on -> on ? 1 : 0;
                // The JDK halves what Linux has doubled.
                case Integer bytes when known.name().endsWith("BUF") -> 2 * bytes;
                case Integer value -> value;
                default -> throw new AssertionError(known);
            };
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
