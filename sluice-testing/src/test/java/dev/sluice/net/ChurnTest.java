package dev.sluice.net;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loop;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// Connections come and go by the thousands, by the million in the profile `stress`: no descriptor, task,
/// operation or memory is left behind.
///
/// Three of four are Unix sockets, closed in order by both ends; those of TCP are reset, as a million that wait
/// for late packets would use up the ports.
@SuppressWarnings("try") // a close in the middle ends the servers
class ChurnTest {
    private static final int CONNECTS = Integer.getInteger("sluice.connects", 4_000);
    private static final int AT_ONCE = 32;
    private static final long HEAP_SLACK = 3L << 20; // 4 bytes a connection in the full form, less than any object

    @TempDir
    Path directory;

    /// What there is when all that can be collected is.
    private record Held(int descriptors, int threads, int operations, long timers, long heap, long resident) {
        static Held now() throws IOException {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            var loop = Loop.current().statistics().now();
            return new Held(
                    ChurnTest.descriptors(),
                    Objects.requireNonNull(new File("/proc/self/task").list()).length,
                    loop.operations(),
                    loop.timers(),
                    runtime.totalMemory() - runtime.freeMemory(),
                    residentBytes());
        }

        private static long residentBytes() throws IOException {
            try (var lines = Files.lines(Path.of("/proc/self/status"))) {
                String line = lines.filter(each -> each.startsWith("VmRSS:"))
                        .findFirst()
                        .orElseThrow();
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    @OnEachBackend
    void connectionsThatComeAndGoLeaveNothing(Backend backend, TestReporter reporter) throws Exception {
        LoopsConfig one =
                LoopsConfig.defaults().withCount(1).withBackend(backend).withStallLimit(ofSeconds(20));
        UnixAddress place = UnixAddress.of(directory.resolve("socket"));
        Sluice.run(
                one,
                () -> Deadline.after(ofHours(1)).run(() -> {
                    try (Listener tcp = Tcp.listen("127.0.0.1:0");
                            Listener unix = Unix.listen(place);
                            var group = TaskGroup.open()) {
                        for (Listener listener : new Listener[] {tcp, unix}) {
                            group.start("serve", () -> listener.serve(connection -> connection.transferTo(connection)));
                        }
                        churn(tcp, unix, CONNECTS / 4); // compiles, and fills what is kept
                        Held before = Held.now();
                        churn(tcp, unix, CONNECTS - CONNECTS / 4);
                        ServingContract.until(() -> descriptors() <= before.descriptors);
                        Held after = Held.now();
                        reporter.publishEntry(Map.of("before", before.toString(), "after", after.toString()));
                        assertThat(after.heap - before.heap).as("bytes of heap").isLessThan(HEAP_SLACK);
                        assertThat(after.operations).as("operations").isLessThanOrEqualTo(before.operations);
                        assertThat(after.timers).as("timers").isLessThanOrEqualTo(before.timers);
                        assertThat(after.threads)
                                .as("threads")
                                .isLessThanOrEqualTo(before.threads + 8); // the JVM's compilers
                        assertThat(tcp.statistics().accepted()
                                        + unix.statistics().accepted())
                                .isEqualTo(CONNECTS);
                        tcp.close();
                        unix.close();
                        group.join();
                    }
                }));
    }

    private static void churn(Listener tcp, Listener unix, int count) throws IOException {
        var left = new AtomicInteger(count);
        TaskGroup.<IOException>run(clients -> {
            for (int i = 0; i < AT_ONCE; i++) {
                clients.start("client", () -> {
                    byte[] back = new byte[1];
                    for (int number; (number = left.decrementAndGet()) >= 0; ) {
                        boolean abort = (number & 3) == 0;
                        Connection connection = ServingContract.connect(abort ? tcp : unix);
                        connection.write(new byte[] {1});
                        assertThat(connection.read(back, 0, 1)).isEqualTo(1);
                        if (abort) {
                            connection.abort();
                        } else {
                            connection.close();
                        }
                    }
                });
            }
        });
        ServingContract.until(
                () -> tcp.statistics().open() == 0 && unix.statistics().open() == 0);
    }
}
