package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorLimit;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.testkit.Jvm;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server whose process has no descriptors left waits, and serves those who came meanwhile.
///
/// In a JVM of its own: one that cannot load a class for want of descriptors never loads it again.
class OutOfDescriptorsTest {
    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "NIO"})
    void aServerOutlivesIt(Backend backend) throws Exception {
        try (Jvm jvm = Jvm.start(Program.class, backend.name())) {
            jvm.awaitLine("served 5");
        }
    }

    /// What the JVM runs.
    @SuppressWarnings("try") // the listener is closed in the middle, so that its server ends
    static final class Program {
        private static final int PLENTY = 10_000;

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            Backend backend = Backend.valueOf(arguments[0]);
            Sluice.run(TestLoops.config().withBackend(backend), () -> {
                // Loads the classes, which takes descriptors; those of a failure, too.
                assertThatThrownBy(() -> Unix.connect(new UnixAddress("/no/such/socket")))
                        .isInstanceOf(NetException.class);
                scenario(false);
                scenario(true);
                System.out.println("served 5");
            });
        }

        private static void scenario(boolean starving) throws IOException {
            var calls = new CallState();
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                List<Connection> clients = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    clients.add(Tcp.connect(listener.address().place()));
                }
                DescriptorLimit.set(calls, starving ? lowestFree(calls) : PLENTY);
                Task<Void> server = group.start("server", () -> listener.serve(c -> c.transferTo(c)));
                await(listener, starving);
                assertThat(listener.statistics().accepted() == 0).isEqualTo(starving);
                DescriptorLimit.set(calls, PLENTY);
                for (Connection client : clients) {
                    client.write(new byte[1]);
                    assertThat(client.read(new byte[9], 0, 9)).isEqualTo(1);
                    client.close();
                }
                listener.close();
                server.get();
                group.join();
            }
        }

        /// Sleeps at least once: the first time that loads what sleeping needs, which takes descriptors.
        private static void await(Listener listener, boolean refusing) {
            do {
                Sluice.sleep(Duration.ofMillis(5));
            } while (refusing
                    ? listener.statistics().refused() < 2
                    : listener.statistics().accepted() == 0);
        }

        private static int lowestFree(CallState calls) {
            int free = Unistd.dupCloseOnExec(calls, 0, 0);
            assertThat(Unistd.close(calls, free)).isZero();
            return free;
        }
    }
}
