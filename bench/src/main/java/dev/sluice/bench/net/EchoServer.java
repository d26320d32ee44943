package dev.sluice.bench.net;

import dev.sluice.bench.Usage;
import dev.sluice.loop.Backend;
import dev.sluice.observe.Reports;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// An echo server in a JVM of its own. It says its port, and answers each line with the nanoseconds of
/// processor time that the process has used, first the user's, then all; it ends with its input.
///
/// All of them send back what they have read at once, and read no more than 8 KiB.
final class EchoServer {
    /// What one read takes at most.
    static final int READ_BYTES = 8192;

    private EchoServer() {}

    /// Serves for ever.
    @FunctionalInterface
    interface Server {
        /// @param port is told where, when it listens
        void serve(BlockingQueue<Integer> port) throws Exception;
    }

    /// @param arguments which one
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // what a library prints is not an answer
        Reports.handler(report -> {});
        var port = new ArrayBlockingQueue<Integer>(1);
        Server server = server(arguments[0]);
        Thread.ofPlatform().daemon().name("server").start(() -> {
            try {
                server.serve(port);
            } catch (Throwable failure) {
                failure.printStackTrace();
                System.exit(1);
            }
        });
        answers.println(port.take());
        try (var orders = new BufferedReader(new InputStreamReader(System.in))) {
            while (orders.readLine() != null) {
                answers.println(Usage.now().userNanos() + " " + Usage.cpuNanos());
            }
        }
        System.exit(0);
    }

    private static Server server(String name) {
        return switch (name) {
            case "sluice-io_uring" -> port -> SluiceEcho.serve(Backend.IO_URING, port);
            case "sluice-epoll" -> port -> SluiceEcho.serve(Backend.EPOLL, port);
            case "netty-nio", "netty-epoll", "netty-io_uring" ->
                port -> NettyEcho.serve(name.substring("netty-".length()), port);
            case "jdk" -> JdkEcho::serve;
            default -> throw new IllegalArgumentException("echo server: name=" + name);
        };
    }
}
