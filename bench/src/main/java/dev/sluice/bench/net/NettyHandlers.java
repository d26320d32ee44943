package dev.sluice.bench.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.File;

/// What a connection of [NettyServer] does.
final class NettyHandlers {
    private NettyHandlers() {}

    /// What was read is written, and flushed when all that was there has been read.
    static final class Echo extends ChannelInboundHandlerAdapter {
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

    /// The same with datagrams.
    static final class EchoDatagrams extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var packet = (DatagramPacket) message;
            context.write(new DatagramPacket(packet.content(), packet.sender()), context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }

    /// Writes as many bytes as are wanted, no more at a time than the channel likes to hold.
    static final class OutOfMemory extends SimpleChannelInboundHandler<ByteBuf> {
        private final ByteBuf pattern;
        private long left; // event loop only

        OutOfMemory(ByteBuf pattern) {
            this.pattern = pattern;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
            left += request.readLong();
            write(context);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            write(context);
        }

        private void write(ChannelHandlerContext context) {
            while (left > 0 && context.channel().isWritable()) {
                left -= pattern.readableBytes();
                context.write(pattern.retainedDuplicate(), context.voidPromise());
            }
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable gone) {
            context.close(); // the load has ended
        }
    }

    /// Has the system send as many bytes of a file as are wanted.
    static final class OutOfFile extends SimpleChannelInboundHandler<ByteBuf> {
        private final File file;

        OutOfFile(File file) {
            this.file = file;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
            context.writeAndFlush(new DefaultFileRegion(file, 0, request.readLong()), context.voidPromise());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable gone) {
            context.close(); // the load has ended
        }
    }
}
