package dev.sluice.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Cancellation at every suspension of a transfer: no byte is lost, none comes twice, and the rest can follow.
@Tag("needs-opens")
class MuxCancelTest {
    private static final class Transfer {
        private final byte[] bytes = new byte[700_000];
        private final ByteBuffer from;
        private final ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        private final Mux client;
        private final Mux server;
        private final Connection near;
        private final Connection far;

        Transfer() {
            new SplittableRandom(6).nextBytes(bytes);
            from = ByteBuffer.wrap(bytes);
            try {
                Memory.Pair pair = Memory.pair("test");
                client = Mux.client(pair.near());
                server = Mux.server(pair.far());
                near = client.open();
                far = server.accept();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void go() throws Exception {
            TaskGroup.run(group -> {
                group.start("write", () -> {
                    if (from.hasRemaining()) {
                        near.write(from);
                    }
                    near.closeOutput();
                });
                byte[] some = new byte[100_000];
                for (int count; (count = far.read(some, 0, some.length)) >= 0; ) {
                    arrived.write(some, 0, count);
                }
            });
        }

        void rest() throws Exception {
            if (arrived.size() < bytes.length) {
                go();
            }
            assertThat(arrived.toByteArray()).isEqualTo(bytes);
            client.close();
            server.close();
        }
    }

    @Test
    void aTransferIsCancelledEverywhere() throws Exception {
        int cancelled = Cancellations.atEverySuspension(Transfer::new, Transfer::go, Transfer::rest);
        assertThat(cancelled).isGreaterThan(20);
    }
}
