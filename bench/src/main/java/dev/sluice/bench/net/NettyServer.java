package dev.sluice.bench.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/// Netty on one event loop, with handlers as in its own examples. No promises, no leak detection.
final class NettyServer {
    private static final int PREFIX_BYTES = 4;
    private static final int LOW_WATER = 1 << 17;
    private static final int HIGH_WATER = 1 << 18;

    private NettyServer() {}

    static void serve(NettyTransport transport, Service service) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.handler());
        Channel bound = switch (service.work()) {
            case "udp" -> {
                Bootstrap datagrams = transport.datagrams().group(group);
                yield datagrams
                        .handler(new NettyHandlers.EchoDatagrams())
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
            }
            case "unix" ->
                new ServerBootstrap()
                        .group(group)
                        .channel(transport.unix())
                        .option(ChannelOption.SO_BACKLOG, Service.BACKLOG)
                        .childHandler(new Connections(pipeline -> pipeline.addLast(new NettyHandlers.Echo())))
                        .bind(transport.place(service.socket()))
                        .sync()
                        .channel();
            default ->
                new ServerBootstrap()
                        .group(group)
                        .channel(transport.tcp())
                        .option(ChannelOption.SO_BACKLOG, Service.BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                        .childHandler(new Connections(handlers(transport, service)))
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        };
        service.port().add(bound.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0);
        bound.closeFuture().sync();
    }

    private static Consumer<ChannelPipeline> handlers(NettyTransport transport, Service service) throws IOException {
        return switch (service.work()) {
            case "echo", "idle" -> pipeline -> pipeline.addLast(new NettyHandlers.Echo());
            case "framed" -> NettyServer::framed;
            case "tls" -> secure(transport, service).andThen(NettyServer::framed);
            case "bulk" -> bulk(service);
            case "bulk-tls" -> secure(transport, service).andThen(bulk(service));
            case "file" ->
                pipeline -> pipeline.addLast(
                        new FixedLengthFrameDecoder(Long.BYTES),
                        new NettyHandlers.OutOfFile(service.file().toFile()));
            default -> throw service.unknown();
        };
    }

    private static void framed(ChannelPipeline pipeline) {
        pipeline.addLast(
                new LengthFieldBasedFrameDecoder(Service.FRAME_BYTES + PREFIX_BYTES, 0, PREFIX_BYTES, 0, PREFIX_BYTES),
                new LengthFieldPrepender(PREFIX_BYTES),
                new NettyHandlers.Echo());
    }

    private static Consumer<ChannelPipeline> bulk(Service service) throws IOException {
        ByteBuf pattern = Unpooled.wrappedBuffer(service.pattern());
        return pipeline ->
                pipeline.addLast(new FixedLengthFrameDecoder(Long.BYTES), new NettyHandlers.OutOfMemory(pattern));
    }

    private static Consumer<ChannelPipeline> secure(NettyTransport transport, Service service) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forServer(
                        service.certificate().toFile(), service.key().toFile())
                .sslProvider(transport.tls())
                .protocols("TLSv1.3");
        if (transport.tls() == SslProvider.JDK) {
            builder.ciphers(List.of(Service.CIPHER_SUITE)); // which the other one takes by itself
        }
        SslContext context = builder.build();
        return pipeline ->
                pipeline.addLast(context.newHandler(pipeline.channel().alloc()));
    }

    private static final class Connections extends ChannelInitializer<Channel> {
        private final Consumer<ChannelPipeline> handlers;

        Connections(Consumer<ChannelPipeline> handlers) {
            this.handlers = handlers;
        }

        @Override
        protected void initChannel(Channel channel) {
            handlers.accept(channel.pipeline());
        }
    }
}
