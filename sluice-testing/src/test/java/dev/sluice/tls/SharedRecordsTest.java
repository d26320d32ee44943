package dev.sluice.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What is written between two suspensions shares records, in its order, and is neither lost nor reported twice.
@Tag("needs-opens") // a loop that is not confined has no turns
class SharedRecordsTest {
    /// Of a record of TLS 1.3: the header, the type, the padding of the JDK's engine, the tag (RFC 8446, 5.2).
    private static final int OVERHEAD = 5 + 1 + 16 + 16;

    private static final int FRAME = 68;

    /// Two ends over memory, and what is below them.
    private record Ends(TlsConnection client, TlsConnection server, Memory.Pair below) {
        static Ends open() throws IOException {
            Memory.Pair below = Memory.pair("test");
            var pair = Certificates.shake(Certificates.client(), below.near(), Certificates.server(), below.far());
            return new Ends(pair.client(), pair.server(), below);
        }

        long arrived() {
            return below.far().statistics().bytesRead();
        }

        /// What so many writes of the client hand to the connection below before anybody waits.
        long sentBy(int writes) throws IOException {
            long before = below.near().statistics().bytesWritten();
            for (int i = 0; i < writes; i++) {
                write(client, FRAME, FRAME * i);
            }
            return below.near().statistics().bytesWritten() - before;
        }

        void close() throws IOException {
            client.close();
            server.close();
        }
    }

    private static void write(Connection to, int count, int from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
            bytes.put((byte) (from + i));
        }
        to.write(bytes.flip());
        assertThat(bytes.hasRemaining()).isFalse();
    }

    private static void requireNext(Connection end, int count, int from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            assertThat(end.read(bytes)).isPositive();
        }
        for (int i = 0; i < count; i++) {
            assertThat(bytes.get(i)).isEqualTo((byte) (from + i));
        }
    }

    private static @Nullable Void answerThree(Connection end) throws IOException {
        for (int i = 0; i < 3; i++) {
            requireNext(end, FRAME, 0);
            write(end, FRAME, 0);
        }
        return null;
    }

    @Test
    void smallWritesShareOne() throws Exception {
        Sluice.run(() -> {
            Ends ends = Ends.open();
            long before = ends.arrived();
            for (int i = 0; i < 16; i++) {
                write(ends.client, FRAME, FRAME * i);
            }
            assertThat(ends.client.statistics().bytesWritten()).isEqualTo(16 * FRAME);
            assertThat(ends.client.statistics().bytesPending()).isEqualTo(16 * FRAME);
            requireNext(ends.server, 16 * FRAME, 0);
            assertThat(ends.arrived() - before).isEqualTo(16 * FRAME + OVERHEAD);
            assertThat(ends.client.statistics().bytesPending()).isZero();
            ends.close();
        });
    }

    @Test
    void aWriteThatWasAloneTheLastTimeIsSentAtOnce() throws Exception {
        Sluice.run(() -> {
            Ends ends = Ends.open();
            TaskGroup.<IOException>run(group -> {
                group.start("server", () -> answerThree(ends.server));
                for (int i = 0; i < 3; i++) {
                    assertThat(ends.sentBy(1)).isEqualTo(i == 0 ? 0 : FRAME + OVERHEAD);
                    requireNext(ends.client, FRAME, 0);
                }
            });
            assertThat(ends.sentBy(2)).isEqualTo(FRAME + OVERHEAD); // the second waits for more
            requireNext(ends.server, 2 * FRAME, 0);
            ends.close();
        });
    }

    @Test
    void aWriteThatDoesNotFitTakesAlongWhatWasGathered() throws Exception {
        Sluice.run(() -> {
            Ends ends = Ends.open();
            long before = ends.arrived();
            int large = (1 << 14) + FRAME;
            write(ends.client, FRAME, 0);
            write(ends.client, large, FRAME);
            write(ends.client, FRAME, FRAME + large);
            requireNext(ends.server, large + 2 * FRAME, 0);
            assertThat(ends.arrived() - before).isEqualTo(large + 2 * FRAME + 4 * OVERHEAD);
            ends.close();
        });
    }

    @Test
    void theEndTakesAlongWhatWasGathered() throws Exception {
        Sluice.run(() -> {
            Ends ends = Ends.open();
            write(ends.client, FRAME, 0);
            ends.client.closeOutput();
            requireNext(ends.server, FRAME, 0);
            assertThat(ends.server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            ends.close();
        });
    }

    @Test
    void aFailureIsToldToTheNextWriter() throws Exception {
        Sluice.run(() -> {
            Ends ends = Ends.open();
            ends.below.near().abort();
            write(ends.client, FRAME, 0); // taken, and nobody has tried yet
            assertThatThrownBy(() -> ends.client.read(ByteBuffer.allocate(1))).isInstanceOf(NetException.class);
            while (ends.client.statistics().bytesPending() > 0) {
                Thread.yield();
            }
            assertThatThrownBy(() -> write(ends.client, FRAME, 0)).isInstanceOf(NetException.class);
            ends.client.abort();
            ends.server.abort();
        });
    }

    @Test
    void aFailureThatNobodySawIsToldToTheClose() throws Exception {
        Sluice.run(() -> {
            Ends ends = Ends.open();
            ends.below.near().abort();
            write(ends.client, FRAME, 0); // taken, and nobody has tried yet
            while (ends.client.statistics().bytesPending() > 0) {
                Thread.yield();
            }
            assertThatThrownBy(ends.client::close).isInstanceOf(NetException.class);
            ends.server.abort();
        });
    }

    @Test
    void whatWasWrittenBeforeTheEndWasReadArrives() throws Exception {
        for (String protocol : new String[] {TlsContext.TLS_1_3, TlsContext.TLS_1_2}) {
            Sluice.run(() -> {
                Memory.Pair below = Memory.pair("test");
                var ends = Certificates.shake(
                        Certificates.client().withProtocols(protocol),
                        below.near(),
                        Certificates.server(),
                        below.far());
                write(ends.client(), FRAME, 0);
                ends.client().closeOutput();
                requireNext(ends.server(), FRAME, 0);
                write(ends.server(), FRAME, 1);
                assertThat(ends.server().read(ByteBuffer.allocate(1))).isEqualTo(-1);
                ends.server().close();
                requireNext(ends.client(), FRAME, 1);
                assertThat(ends.client().read(ByteBuffer.allocate(1))).isEqualTo(-1);
                ends.client().close();
            });
        }
    }

    @Test
    void oneCoroutineSendsWhatOneTurnHasGathered() throws Exception {
        Sluice.run(LoopsConfig.defaults().withCount(1), () -> {
            Ends ends = Ends.open();
            TaskGroup.<IOException>run(group -> {
                group.start("client", () -> requireNext(ends.client, FRAME, 0));
                write(ends.client, FRAME, 0);
                write(ends.client, FRAME, FRAME);
                Sluice.yield(); // the reader waits, and the coroutine has sent
                assertThat(Loop.current().statistics().now().ready())
                        .as("coroutines left")
                        .isZero();
                requireNext(ends.server, 2 * FRAME, 0);
                write(ends.server, FRAME, 0);
            });
            ends.close();
        });
    }

    @Test
    void whatIsWrittenWhileOneSendsSharesRecords() throws Exception {
        Sluice.run(() -> {
            Ends ends = Ends.open();
            long before = ends.arrived();
            ByteBuffer much = ByteBuffer.allocate(1 << 20);
            assertThat(Deadline.after(Duration.ofMillis(20)).tryRun(() -> ends.client.write(much)))
                    .isFalse(); // a coroutine sends the rest of it
            int sent = much.position();
            for (int i = 0; i < 16; i++) {
                write(ends.client, FRAME, FRAME * i);
                Sluice.yield();
            }
            for (ByteBuffer large = ByteBuffer.allocate(sent); large.hasRemaining(); ) {
                assertThat(ends.server.read(large)).isPositive();
            }
            requireNext(ends.server, 16 * FRAME, 0);
            int records = Math.ceilDiv(sent, 1 << 14) + 1;
            assertThat(ends.arrived() - before).isEqualTo(sent + 16 * FRAME + records * OVERHEAD);
            ends.close();
        });
    }
}
