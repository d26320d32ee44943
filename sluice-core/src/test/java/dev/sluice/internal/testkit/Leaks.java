package dev.sluice.internal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.loop.Loops;
import java.io.ByteArrayOutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test class that leaves descriptors open or platform threads running.
///
/// What the JVM starts once and keeps, for itself or for us, is started before the count.
public final class Leaks implements BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(Leaks.class);

    /// Threads that end by themselves when they have been idle, or that the JDK keeps.
    private static final List<String> NOT_OURS = List.of(
            "ForkJoinPool-1-",
            "ForkJoinPool.commonPool-",
            "VirtualThread-",
            "process reaper",
            "Common-Cleaner",
            "Reference Handler",
            "Read-Poller",
            "MasterPoller",
            "surefire-forkedjvm",
            "Attach Listener",
            "CompletableFutureDelayScheduler",
            "JNA Cleaner",
            "sluice-report");

    private final DescriptorLeaks descriptors = new DescriptorLeaks();

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Loops.open().close();
        primeProcesses();
        primeSockets();
        descriptors.beforeAll(context); // starts the shared loop
        context.getStore(HERE).put("threads", running());
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        @SuppressWarnings("unchecked")
        var before = (Map<String, Integer>) context.getStore(HERE).remove("threads", Map.class);
        Patience.until(
                new Ended(context.getDisplayName(), before), () -> more(before).isEmpty());
        descriptors.afterAll(context);
    }

    /// The first process of a JVM opens what it keeps.
    private static void primeProcesses() throws Exception {
        Process first = new ProcessBuilder("true").start();
        assertThat(first.waitFor()).isZero();
        first.getInputStream().transferTo(new ByteArrayOutputStream());
        first.getInputStream().close();
        first.getErrorStream().close();
        first.getOutputStream().close();
    }

    /// The first close of a socket makes one that the JDK keeps.
    private static void primeSockets() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
                var client = SocketChannel.open(server.getLocalAddress());
                var datagrams = new DatagramSocket(0, loopback)) {
            server.accept().close();
            assertThat(client.isOpen() && datagrams.isBound()).isTrue();
        }
    }

    private static Map<String, Integer> running() {
        Map<String, Integer> names = new TreeMap<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (NOT_OURS.stream().noneMatch(thread.getName()::startsWith)) {
                names.merge(thread.getName(), 1, Integer::sum);
            }
        }
        return names;
    }

    private static List<String> more(Map<String, Integer> before) {
        List<String> more = new ArrayList<>();
        running().forEach((name, count) -> {
            if (count > before.getOrDefault(name, 0)) {
                more.add(name + " × " + (count - before.getOrDefault(name, 0)));
            }
        });
        return more;
    }

    /// Looks when it is printed.
    private record Ended(String test, Map<String, Integer> before) {
        @Override
        public String toString() {
            return "the threads that " + test + " started have ended: " + more(before);
        }
    }
}
