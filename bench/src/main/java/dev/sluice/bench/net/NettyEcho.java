package dev.sluice.bench.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;

/// Netty on one event loop: what was read is written, and flushed when all that was there has been read, as its
/// own examples do. No promises, no leak detection.
final class NettyEcho {
    private static final int BACKLOG = 4096;

    private NettyEcho() {}

    /// @param transport nio, epoll or io_uring
    static void serve(String transport, BlockingQueue<Integer> port) throws InterruptedException {
        IoHandlerFactory handler;
        Class<? extends ServerChannel> type;
        switch (transport) {
            case "epoll" -> {
                handler = EpollIoHandler.newFactory();
                type = EpollServerSocketChannel.class;
            }
            case "io_uring" -> {
                handler = IoUringIoHandler.newFactory();
                type = IoUringServerSocketChannel.class;
            }
            default -> {
                handler = NioIoHandler.newFactory();
                type = NioServerSocketChannel.class;
            }
        }
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, handler);
        Channel listener = new ServerBootstrap()
                .group(group)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Connections())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        port.add(((InetSocketAddress) listener.localAddress()).getPort());
        listener.closeFuture().sync();
    }

    private static final class Connections extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Echo());
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable gone) {
            context.close(); // the load has ended
        }
    }
}
