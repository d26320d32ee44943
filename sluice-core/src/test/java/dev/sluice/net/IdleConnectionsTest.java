package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorLimit;
import dev.sluice.internal.testkit.Jvm;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many connections on which nothing happens, and some on which something does, on one loop. In a JVM of its own,
/// for their descriptors and memory.
@Tag("once") // a load; what a coroutine costs on the scheduler of the JDK is not ours
class IdleConnectionsTest {
    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void thousandsOfIdleConnectionsCostLittle(Backend backend) throws Exception {
        try (Jvm jvm = Jvm.start(Program.class, backend.name())) {
            jvm.awaitLine("all have answered");
        }
    }

    /// What the JVM runs.
    @SuppressWarnings("try") // the listener is closed in the middle, so that its server ends
    static final class Program {
        private static final int MOST = 10_000;
        private static final int SPARE = 500; // descriptors for all else
        private static final int SIGN_OF_LIFE = 1_000; // on a machine with much else to do

        /// Of both ends together, with the coroutine that serves the one.
        private static final int BYTES_EACH = 12_000;

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            Backend backend = Backend.valueOf(arguments[0]);
            long limit = DescriptorLimit.raise(new CallState(), 2 * MOST + SPARE);
            int count = (int) Math.min(MOST, (limit - SPARE) / 2);
            Sluice.run(TestLoops.config().withBackend(backend), () -> scenario(count));
            System.out.println("all have answered");
        }

        private static void scenario(int count) throws Exception {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start("server", () -> listener.serve(connection -> connection.transferTo(connection)));
                List<Connection> clients = new ArrayList<>();
                clients.add(Tcp.connect(listener.address().place()));
                ask(clients.getFirst());
                long before = heap();
                while (clients.size() <= count) {
                    Connection client = Tcp.connect(listener.address().place());
                    clients.add(client);
                    ask(client);
                    if (clients.size() % SIGN_OF_LIFE == 0) {
                        System.out.println(clients.size() + " so far");
                    }
                }
                long each = (heap() - before) / count;
                assertThat(each).as("bytes of heap for an idle connection").isLessThan(BYTES_EACH);
                assertThat(listener.statistics().open()).isEqualTo(count + 1);
                for (int i = 0; i < clients.size(); i += 100) {
                    ask(clients.get(i));
                }
                for (Connection client : clients) {
                    client.close();
                }
                listener.close();
                group.join();
                assertThat(listener.statistics().failed()).isZero();
            }
        }

        private static void ask(Connection client) throws Exception {
            client.write(new byte[] {1});
            assertThat(client.read(new byte[9], 0, 9)).isEqualTo(1);
        }

        private static long heap() {
            System.gc();
            return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        }
    }
}
