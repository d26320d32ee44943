package dev.sluice.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.loop.Backend;
import dev.sluice.net.CancelSweep;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.NetException;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The beginning of a WebSocket on real sockets, cancelled at each suspension: each end is one, or is closed.
@Tag("needs-opens") // counts the steps of a loop
class CancelledUpgradeTest {
    private static final class Upgrade {
        private final Connection near;
        private final Connection far;
        private @Nullable WebSocket client;
        private @Nullable WebSocket server;

        Upgrade() throws IOException {
            try (Listener listener = Tcp.listen("127.0.0.1:0")) {
                near = Tcp.connect(listener.address().place());
                far = listener.accept();
            }
        }

        void work() throws IOException {
            TaskGroup.<IOException>run(group -> {
                group.start("server", () -> server = WebSocket.accept(far));
                client = WebSocket.connect(near, "localhost", "/");
            });
        }

        void rest() throws IOException {
            if (client != null && server != null) {
                client.send("hello");
                assertThat(server.receive()).contains(new Message.Text("hello"));
            }
            end(client, near);
            end(server, far);
        }

        private static void end(@Nullable WebSocket begun, Connection connection) {
            if (begun == null) {
                assertThatThrownBy(() -> connection.read(new byte[1], 0, 1))
                        .isInstanceOf(NetException.class)
                        .hasMessageContaining("closed");
            } else {
                begun.abort();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "NIO"})
    void upgrades(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, Upgrade::new, Upgrade::work, Upgrade::rest);
        assertThat(cancelled).isGreaterThan(5);
    }
}
