package dev.sluice.bench.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.ssl.SslProvider;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/// One of Netty's transports, and who encrypts for it.
///
/// @param name nio, epoll or io_uring
record NettyTransport(String name, SslProvider tls) {
    private static final String OPENSSL = "-openssl";
    private static final int DATAGRAM_BYTES = 2048;
    private static final int DATAGRAMS_AT_ONCE = 16;

    /// @param text the name, with `-openssl` behind it for that instead of the JDK's engine
    static NettyTransport of(String text) {
        return text.endsWith(OPENSSL)
                ? new NettyTransport(text.substring(0, text.length() - OPENSSL.length()), SslProvider.OPENSSL)
                : new NettyTransport(text, SslProvider.JDK);
    }

    IoHandlerFactory handler() {
        return switch (name) {
            case "epoll" -> EpollIoHandler.newFactory();
            case "io_uring" -> IoUringIoHandler.newFactory();
            default -> NioIoHandler.newFactory();
        };
    }

    Class<? extends ServerChannel> tcp() {
        return switch (name) {
            case "epoll" -> EpollServerSocketChannel.class;
            case "io_uring" -> IoUringServerSocketChannel.class;
            default -> NioServerSocketChannel.class;
        };
    }

    Class<? extends ServerChannel> unix() {
        return switch (name) {
            case "epoll" -> EpollServerDomainSocketChannel.class;
            case "io_uring" -> IoUringServerDomainSocketChannel.class;
            default -> NioServerDomainSocketChannel.class;
        };
    }

    SocketAddress place(Path socket) {
        return name.equals("nio") ? UnixDomainSocketAddress.of(socket) : new DomainSocketAddress(socket.toString());
    }

    /// Where it can, it takes several datagrams with one system call; that has to be asked for.
    Bootstrap datagrams() {
        Class<? extends DatagramChannel> type = switch (name) {
            case "epoll" -> EpollDatagramChannel.class;
            case "io_uring" -> IoUringDatagramChannel.class;
            default -> NioDatagramChannel.class;
        };
        Bootstrap bootstrap = new Bootstrap().channel(type);
        if (name.equals("epoll")) {
            bootstrap
                    .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, DATAGRAM_BYTES)
                    .option(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(DATAGRAM_BYTES * DATAGRAMS_AT_ONCE));
        }
        return bootstrap;
    }
}
