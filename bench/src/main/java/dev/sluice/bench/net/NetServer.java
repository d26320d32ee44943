package dev.sluice.bench.net;

import dev.sluice.loop.Backend;
import dev.sluice.observe.Reports;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;

/// A server in a JVM of its own. It says its port, and ends with its input:
///
///     compiled   ──▶  the milliseconds that the compilers have worked
///     heap       ──▶  the bytes that live, after two full collections
///
/// What it costs is measured from outside.
final class NetServer {
    private NetServer() {}

    /// Serves for ever.
    @FunctionalInterface
    private interface Server {
        void serve(Service service) throws Exception;
    }

    /// @param arguments who, doing what, and where the files are
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // what a library prints is not an answer
        Reports.handler(report -> {});
        var service = new Service(arguments[1], Path.of(arguments[2]), new ArrayBlockingQueue<>(1));
        Server server = server(arguments[0]);
        Thread.ofPlatform().daemon().name("server").start(() -> {
            try {
                server.serve(service);
            } catch (Throwable failure) {
                failure.printStackTrace();
                System.exit(1);
            }
        });
        answers.println(service.port().take());
        try (var orders = new BufferedReader(new InputStreamReader(System.in))) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                answers.println(order.equals("heap") ? liveBytes() : compiledMillis());
            }
        }
        System.exit(0);
    }

    private static long compiledMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    private static long liveBytes() {
        System.gc();
        System.gc(); // what the first one has let go of: references, and what hangs on them
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /// @param name LIBRARY-VARIANT
    private static Server server(String name) {
        String variant = name.substring(name.indexOf('-') + 1);
        return switch (name.substring(0, name.length() - variant.length())) {
            case "sluice-" -> {
                Backend backend = Backend.valueOf(variant.toUpperCase(Locale.ROOT));
                yield service -> SluiceServer.serve(backend, service);
            }
            case "netty-" -> service -> NettyServer.serve(NettyTransport.of(variant), service);
            case "jdk-" -> JdkServer::serve;
            default -> throw new IllegalArgumentException("server: name=" + name);
        };
    }
}
