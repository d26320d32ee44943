package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.linux.DescriptorLimit;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loops;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server whose process has no descriptors left waits, and serves those who came meanwhile.
@SuppressWarnings("try") // a close in the middle is what is tested
@ExtendWith({OutOfDescriptorsTest.LoopsPrimed.class, DescriptorLeaks.class})
class OutOfDescriptorsTest {
    private static final int PLENTY = 10_000;

    /// Opens what the first loop opens for ever.
    static final class LoopsPrimed implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            Loops.open().close();
        }
    }

    private final CallState calls = new CallState();

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void aServerOutlivesIt(Backend backend) throws Exception {
        TestLoops.run(TestLoops.config().withBackend(backend), () -> {
            rehearse();
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                List<Connection> clients = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    clients.add(Tcp.connect(listener.address().place()));
                }
                Task<Void> server;
                DescriptorLimit.set(calls, lowestFree());
                try {
                    server = group.start("server", () -> listener.serve(c -> c.transferTo(c)));
                    until(listener, 2);
                    assertThat(listener.statistics().accepted()).isZero();
                } finally {
                    DescriptorLimit.set(calls, PLENTY);
                }
                for (Connection client : clients) {
                    assertThat(ask(client)).isEqualTo(1);
                    client.close();
                }
                listener.close();
                server.get();
                group.join();
            }
        });
    }

    /// Loads the classes, which takes descriptors.
    private static void rehearse() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0");
                var group = TaskGroup.open()) {
            group.start("server", () -> listener.serve(c -> c.transferTo(c)));
            try (Connection client = Tcp.connect(listener.address().place())) {
                assertThat(ask(client)).isEqualTo(1);
            }
            until(listener, 0);
            Sluice.sleep(Duration.ofMillis(1));
            listener.close();
            group.join();
        }
    }

    private static int ask(Connection client) throws IOException {
        client.write(new byte[1]);
        return client.read(new byte[9], 0, 9);
    }

    private static void until(Listener listener, int refused) {
        while (listener.statistics().refused() < refused) {
            Sluice.sleep(Duration.ofMillis(1));
        }
    }

    private int lowestFree() {
        int free = Unistd.dupCloseOnExec(calls, 0, 0);
        assertThat(Unistd.close(calls, free)).isZero();
        return free;
    }
}
