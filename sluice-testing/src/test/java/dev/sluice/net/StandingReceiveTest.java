package dev.sluice.net;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.io.ByteSink;
import dev.sluice.io.StreamBusyException;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Outcome;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the peer sends while nobody reads, on the back end where a receive stands.
@SuppressWarnings("try") // a close in the middle is what is tested
class StandingReceiveTest {
    private static final int MUCH = 1 << 20;

    private static void run(Action<?> body) throws Exception {
        LoopsConfig config =
                LoopsConfig.defaults().withBackend(Backend.IO_URING).withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private record Ends(Connection near, Connection far) {}

    private static Ends open() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            Connection near = Tcp.connect(listener.address().place());
            return new Ends(near, listener.accept());
        }
    }

    private static byte[] much(int seed) {
        byte[] bytes = new byte[MUCH];
        for (int i = 0; i < MUCH; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8) + seed);
        }
        return bytes;
    }

    @Test
    void readersThatDoNotKeepUpLoseNothingAndHoldUpNobody() throws Exception {
        run(() -> {
            int count = 120; // as many as can have all buffers of the poller
            List<Ends> slow = new ArrayList<>();
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < count; i++) {
                    Ends ends = open();
                    slow.add(ends);
                    byte[] bytes = much(i);
                    group.start("writer " + i, () -> {
                        ends.far.write(bytes);
                        ends.far.closeOutput();
                    });
                    ends.near.read(ByteBuffer.allocate(1)); // now a receive stands
                }
                Ends other = open();
                group.start("echo", () -> other.far.transferTo(other.far));
                for (int i = 0; i < 100; i++) {
                    other.near.write(new byte[] {(byte) i});
                    byte[] echo = new byte[1];
                    assertThat(other.near.read(echo, 0, 1)).isEqualTo(1);
                    assertThat(echo[0]).isEqualTo((byte) i);
                }
                other.near.closeOutput();
                for (int i = 0; i < count; i++) {
                    byte[] rest = slow.get(i).near.readAllBytes(MUCH);
                    assertThat(Arrays.equals(rest, Arrays.copyOfRange(much(i), 1, MUCH)))
                            .as("what %d sent", i)
                            .isTrue();
                }
                group.join();
                other.near.close();
                other.far.close();
            }
            for (Ends ends : slow) {
                ends.near.close();
                ends.far.close();
            }
        });
    }

    @Test
    void aTransferThatWaitsIsAReaderAndLosesNothingWhenCancelled() throws Exception {
        run(() -> {
            Ends ends = open();
            try (var group = TaskGroup.open()) {
                Task<Long> echo = group.start("echo", () -> ends.far.transferTo(ends.far));
                ends.near.write(new byte[] {1});
                assertThat(ends.near.read(ByteBuffer.allocate(1))).isEqualTo(1);
                assertThatThrownBy(() -> ends.far.read(ByteBuffer.allocate(1))).isInstanceOf(StreamBusyException.class);
                echo.cancel("enough");
                assertThat(echo.outcome()).isInstanceOf(Outcome.Cancelled.class);
                group.join();
            }
            ends.near.write(new byte[] {2});
            ByteBuffer next = ByteBuffer.allocate(1);
            assertThat(ends.far.read(next)).isEqualTo(1);
            assertThat(next.get(0)).isEqualTo((byte) 2);
            ends.near.close();
            ends.far.close();
        });
    }

    @Test
    void aTransferFromElsewhereMovesMuchAtOnce() throws Exception {
        run(() -> {
            Ends ends = open();
            try (var group = TaskGroup.open()) {
                group.start("writer", () -> {
                    ends.near.write(much(1));
                    ends.near.closeOutput();
                });
                var sink = new LargestPiece();
                assertThat(Sluice.<Long, IOException>offload(() -> ends.far.transferTo(sink)))
                        .isEqualTo(MUCH);
                assertThat(sink.bytes).as("the largest piece").isGreaterThan(1 << 12);
                group.join();
            }
            ends.near.close();
            ends.far.close();
        });
    }

    /// Takes all, and remembers how much came at once.
    private static final class LargestPiece implements ByteSink {
        private int bytes;

        @Override
        public void write(ByteBuffer from) {
            bytes = Math.max(bytes, from.remaining());
            from.position(from.limit());
        }

        @Override
        public void close() {}
    }

    @Test
    void thePeerSeesAResetIfWhatItSentIsNotRead() throws Exception {
        run(() -> {
            Ends ends = open();
            ends.far.write(new byte[] {1, 2, 3});
            assertThat(ends.near.read(ByteBuffer.allocate(1))).isEqualTo(1);
            ends.near.close();
            assertThatThrownBy(() -> ends.far.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("ECONNRESET");
            ends.far.close();
        });
    }

    @Test
    void thePeerSeesTheEndIfAllWasRead() throws Exception {
        run(() -> {
            Ends ends = open();
            ends.far.write(new byte[] {1, 2, 3});
            assertThat(ends.near.read(ByteBuffer.allocate(3))).isEqualTo(3);
            ends.near.close();
            assertThat(ends.far.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            ends.far.close();
        });
    }

    @Test
    void theEndComesBehindWhatIsUnread() throws Exception {
        run(() -> {
            Ends ends = open();
            ends.far.write(new byte[] {1});
            assertThat(ends.near.read(ByteBuffer.allocate(1))).isEqualTo(1);
            ends.far.write(new byte[20_000]);
            ends.far.close();
            assertThat(ends.near.readAllBytes(30_000)).hasSize(20_000);
            assertThat(ends.near.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(ends.near.read(ByteBuffer.allocate(1))).as("for ever").isEqualTo(-1);
            ends.near.close();
        });
    }
}
