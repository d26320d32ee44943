package dev.sluice.tls;

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
class TlsCancelTest {
    private static final TlsContext CLIENT = Certificates.client();
    private static final TlsContext SERVER = Certificates.server();

    /// A transfer that may be cut off anywhere.
    private static final class Transfer {
        private final byte[] bytes = new byte[250_000];
        private final ByteBuffer from;
        private final ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        private final Certificates.Pair ends;

        Transfer() {
            new SplittableRandom(5).nextBytes(bytes);
            from = ByteBuffer.wrap(bytes);
            try {
                Memory.Pair pair = Memory.pair("test");
                ends = Certificates.shake(CLIENT, pair.near(), SERVER, pair.far());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void go() throws Exception {
            TaskGroup.run(group -> {
                group.start("write", () -> {
                    if (from.hasRemaining()) {
                        ends.client().write(from);
                    }
                    ends.client().closeOutput();
                });
                read(ends.server());
            });
        }

        private void read(Connection connection) throws IOException {
            byte[] some = new byte[40_000];
            for (int count; (count = connection.read(some, 0, some.length)) >= 0; ) {
                arrived.write(some, 0, count);
            }
        }

        void rest() throws Exception {
            if (arrived.size() < bytes.length) {
                go();
            }
            assertThat(arrived.toByteArray()).isEqualTo(bytes);
            ends.client().close();
            ends.server().close();
        }
    }

    @Test
    void aTransferIsCancelledEverywhere() throws Exception {
        int cancelled = Cancellations.atEverySuspension(Transfer::new, Transfer::go, Transfer::rest);
        assertThat(cancelled).isGreaterThan(20);
    }
}
