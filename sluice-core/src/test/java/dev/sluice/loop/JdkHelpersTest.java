package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.sched.LoopScheduler;
import dev.sluice.internal.testkit.JdkSleep;
import dev.sluice.internal.testkit.Jvm;
import dev.sluice.internal.testkit.TestLoops;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What the JDK starts behind a program's back, seen in a JVM where nothing else has started it.
class JdkHelpersTest {
    @Test
    void timedParksStartNoThreadOfTheJdk() throws Exception {
        try (var jvm = Jvm.start(TimedParks.class)) {
            assertThat(jvm.awaitExit()).as("%s", jvm.output()).isZero();
            String line = jvm.output().stream()
                    .filter(printed -> printed.startsWith("started meanwhile: "))
                    .findFirst()
                    .orElseThrow();
            if (!TestLoops.FALLBACK) {
                assertThat(line).isEqualTo("started meanwhile: []");
            } else {
                // The other way is the JDK's own, and this test would notice.
                assertThat(line).contains("elayScheduler");
            }
        }
    }

    /// Waits in each way, then prints which platform threads there are that were not there before.
    static final class TimedParks {
        @SuppressWarnings("WaitNotInLoop") // nobody notifies
        public static void main(String[] args) throws Exception {
            Sluice.run(() -> {
                Set<String> before = threads();
                LockSupport.parkNanos(1_000_000);
                JdkSleep.nanos(1_000_000);
                new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
                Object monitor = new Object();
                synchronized (monitor) {
                    monitor.wait(1);
                }
                Set<String> after = threads();
                after.removeAll(before);
                IO.println("started meanwhile: " + after);
            });
        }

        private static Set<String> threads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> !name.contains("-worker-")) // those that the pollers run on come and go
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void theJdkSocketsDoNotRunOnTheLoopThatUsedThemFirst() throws Exception {
        try (var jvm = Jvm.start(List.of("--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED"), Pollers.class)) {
            assertThat(jvm.awaitExit()).as("%s", jvm.output()).isZero();
            assertThat(jvm.output()).contains("after the loop: 7");
            if (!TestLoops.FALLBACK) {
                assertThat(jvm.output()).contains("pollers on our loop: 0");
            }
        }
    }

    @Test
    void neitherIfTheFirstLoopIsOpenedByAVirtualThread() throws Exception {
        try (var jvm = Jvm.start(
                List.of("--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED"), Pollers.class, "from a virtual thread")) {
            assertThat(jvm.awaitExit()).as("%s", jvm.output()).isZero();
            assertThat(jvm.output()).contains("after the loop: 7");
            if (!TestLoops.FALLBACK) {
                assertThat(jvm.output()).contains("pollers on our loop: 0");
            }
        }
    }

    /// For a thread that is in a system call the exit of a JVM takes 300 ms.
    @Test
    void whoNeverUsesTheJdksSocketsIsLeftNoThreadThatWaitsInASystemCall() throws Exception {
        try (var jvm = Jvm.start(List.of("-Ddev.sluice.jdkSockets=false"), Waiting.class)) {
            assertThat(jvm.awaitExit()).as("%s", jvm.output()).isZero();
            assertThat(jvm.output()).contains("left: []");
        }
        try (var jvm = Jvm.start(Waiting.class)) {
            assertThat(jvm.awaitExit()).as("%s", jvm.output()).isZero();
            assertThat(jvm.output()).contains("left: [MasterPoller]");
        }
    }

    /// Runs a loop, then prints what is left of it and of the JDK's pollers.
    static final class Waiting {
        public static void main(String[] args) throws Exception {
            Sluice.run(() -> Sluice.sleep(Duration.ofMillis(1)));
            assertThat(Sluice.waitGraph().toString()).isNotEmpty();
            IO.println("left: "
                    + Thread.getAllStackTraces().keySet().stream()
                            .map(Thread::getName)
                            .filter(name -> name.startsWith("sluice-") || name.contains("Poller"))
                            .toList());
        }
    }

    /// Only the loop that comes first is worse off.
    @Test
    void whoSaysThatAndUsesThemIsServedAllTheSame() throws Exception {
        try (var jvm = Jvm.start(
                List.of("--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED", "-Ddev.sluice.jdkSockets=false"),
                Pollers.class)) {
            assertThat(jvm.awaitExit()).as("%s", jvm.output()).isZero();
            assertThat(jvm.output()).contains("on the loop: 7", "after the loop: 7");
            if (!TestLoops.FALLBACK) {
                assertThat(jvm.output())
                        .anyMatch(line -> line.matches("pollers on our loop: [1-9]\\d*")); // as many as the JDK likes
            }
        }
    }

    /// Uses JDK sockets on a loop, which ends, and then on a virtual thread elsewhere.
    static final class Pollers {
        public static void main(String[] args) throws Exception {
            if (args.length > 0) {
                Thread.ofVirtual().start(Pollers::onALoop).join();
            } else {
                onALoop();
            }
            Thread.ofVirtual()
                    .start(() -> IO.println("after the loop: " + oneByte()))
                    .join();
        }

        private static void onALoop() {
            Sluice.run(() -> {
                IO.println("on the loop: " + oneByte());
                if (Loop.current().confined()) {
                    count();
                }
            });
        }

        /// Blocks in accept, connect and read.
        private static int oneByte() {
            try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Thread client = Thread.ofVirtual().start(() -> {
                    try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                        JdkSleep.nanos(1_000_000); // so that the reader blocks
                        socket.getOutputStream().write(7);
                    } catch (IOException | InterruptedException failed) {
                        throw new IllegalStateException(failed);
                    }
                });
                try (var socket = server.accept()) {
                    return socket.getInputStream().read();
                } finally {
                    client.join();
                }
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        }

        private static void count() {
            try {
                IO.println("pollers on our loop: " + onOurLoop() + "");
            } catch (ReflectiveOperationException changed) {
                throw new IllegalStateException(changed);
            }
        }

        private static int onOurLoop() throws ReflectiveOperationException {
            Class<?> poller = Class.forName("sun.nio.ch.Poller");
            Object group = read(poller, "POLLERS", null);
            int ours = 0;
            for (String side : List.of("readPollers", "writePollers")) {
                Method method = group.getClass().getDeclaredMethod(side);
                method.setAccessible(true);
                List<?> pollers = (List<?>) method.invoke(group);
                assertThat(pollers).isNotEmpty();
                for (Object one : pollers) {
                    Object owner = read(poller, "owner", one);
                    Object scheduler = read(Class.forName("java.lang.VirtualThread"), "scheduler", owner);
                    ours += scheduler instanceof LoopScheduler ? 1 : 0;
                }
            }
            return ours;
        }

        private static Object read(Class<?> type, String name, Object from) throws ReflectiveOperationException {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(from);
        }
    }
}
