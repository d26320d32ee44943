package dev.sluice.session;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.session.MuxException.Problem;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Peers that break the rules, and bytes that are no frames; and the frames themselves, made by hand from the
/// specification.
@SuppressWarnings("try") // a close in the middle is what is tested
@Tag("needs-opens") // elsewhere the session may end before the write of its hostile peer has
class MuxHostileTest {
    private static void run(Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private static byte[] frame(int type, int flags, int stream, int length) {
        ByteBuffer frame = ByteBuffer.allocate(12);
        return frame.put((byte) 0)
                .put((byte) type)
                .putShort((short) flags)
                .putInt(stream)
                .putInt(length)
                .array();
    }

    @Test
    void theFramesAreThoseOfTheSpecification() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Connection peer = pair.far();
            ByteReader frames = ByteReader.over(peer);
            try (Mux client = Mux.client(pair.near())) {
                Connection stream = client.open();
                assertThat(frames.readExactly(12)).isEqualTo(frame(1, 1, 1, 0)); // window update, SYN
                stream.write(new byte[] {7, 8});
                stream.write(new byte[] {9});
                assertThat(frames.readExactly(12)).isEqualTo(frame(0, 0, 1, 3)); // both writes in one
                assertThat(frames.readExactly(3)).containsExactly(7, 8, 9);
                peer.write(frame(1, 2, 1, 0)); // ACK
                peer.write(frame(0, 4, 1, 2)); // data, FIN
                peer.write(new byte[] {5, 6});
                assertThat(stream.readAllBytes(2)).containsExactly(5, 6);
                stream.close();
                assertThat(frames.readExactly(12)).isEqualTo(frame(1, 4, 1, 0)); // FIN
                peer.write(frame(2, 1, 0, 4711)); // ping
                assertThat(frames.readExactly(12)).isEqualTo(frame(2, 2, 0, 4711)); // the answer
                peer.write(frame(0, 1, 2, 1)); // data that opens a stream
                peer.write(new byte[] {1});
                Connection theirs = client.accept();
                assertThat(frames.readExactly(12)).isEqualTo(frame(1, 2, 2, 0)); // ACK
                assertThat(theirs.read(new byte[9], 0, 9)).isEqualTo(1);
                theirs.abort();
                assertThat(frames.readExactly(12)).isEqualTo(frame(1, 8, 2, 0)); // RST
                peer.write(frame(3, 0, 0, 0)); // go away
                client.goAway();
                assertThat(frames.readExactly(12)).isEqualTo(frame(3, 0, 0, 0));
                peer.close();
            }
        });
    }

    /// What the peer sends after it has opened stream 1, and is told to go away for.
    @ParameterizedTest
    @CsvSource({
        "4, 0, 1, 0", // an unknown type
        "0, 0, 7, 1", // data of a stream that never was
        "1, 0, 8, 1", // credit for one of ours that never was
        "0, 1, 2, 0", // opens a stream with one of our numbers
        "0, 1, 1, 0", // opens a stream a second time
        "0, 0, 1, 262145", // more than the credit
        "0, 0, 1, -1", // four gigabytes
        "1, 0, 1, -1", // credit beyond 2^32
    })
    void whoBreaksTheRulesIsToldToGo(int type, int flags, int stream, int length) throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Connection peer = pair.far();
            ByteReader frames = ByteReader.over(peer);
            try (Mux server = Mux.server(pair.near())) {
                peer.write(frame(1, 1, 1, 0));
                Connection theirs = server.accept();
                assertThat(frames.readExactly(12)).isEqualTo(frame(1, 2, 1, 0));
                peer.write(frame(type, flags, stream, length));
                assertThat(frames.readExactly(12)).isEqualTo(frame(3, 0, 0, 1)); // go away: protocol error
                assertThat(frames.readAllBytes(0)).isEmpty();
                assertThatThrownBy(() -> theirs.read(new byte[1], 0, 1)).isInstanceOf(NetException.class);
                assertThatThrownBy(server::open)
                        .isInstanceOfSatisfying(
                                MuxException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(Problem.BROKEN_RULES));
                peer.close();
            }
        });
    }

    @Test
    void moreThanTheCreditInPiecesIsFound() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (Mux server = Mux.server(pair.near());
                    var group = TaskGroup.open()) {
                group.start("peer", () -> {
                    pair.far().write(frame(1, 1, 1, 0));
                    for (int i = 0; i < 5; i++) {
                        pair.far().write(frame(0, 0, 1, 60_000));
                        pair.far().write(new byte[60_000]);
                    }
                });
                server.accept();
                assertThatThrownBy(server::accept)
                        .isInstanceOfSatisfying(
                                MuxException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(Problem.BROKEN_RULES));
                pair.far().abort();
                try {
                    group.join();
                } catch (RuntimeException peerFailed) {
                    assertThat(peerFailed).hasRootCauseInstanceOf(NetException.class);
                }
            }
        });
    }

    /// A peer that opens and resets streams, or asks and asks, and reads nothing.
    @ParameterizedTest
    @CsvSource({"1, 9", "2, 1"})
    void floodsFillNoMemory(int type, int flags) throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (Mux server = Mux.server(pair.near())) {
                ByteBuffer flood = ByteBuffer.allocate(12 * 200_000);
                for (int i = 0; i < 200_000; i++) {
                    flood.put(frame(type, flags, type == 2 ? 0 : 2 * i + 1, 0));
                }
                Deadline.after(ofSeconds(2)).tryRun(() -> pair.far().write(flood.flip()));
                assertThat(server.statistics().open()).isLessThanOrEqualTo(256);
                assertThat(server.backlog()).isLessThanOrEqualTo(256);
                pair.far().abort();
            }
        });
    }

    @Test
    void randomBytesEndTheSessionAndNothingElse() throws Exception {
        run(() -> {
            var random = new SplittableRandom(21);
            for (int round = 0; round < 500; round++) {
                Memory.Pair pair = Memory.pair("random");
                try (Mux server = Mux.server(pair.near())) {
                    Connection ours = server.open();
                    pair.far().write(randomFrames(random));
                    pair.far().closeOutput();
                    assertThatThrownBy(() -> {
                                while (true) {
                                    drain(server.accept());
                                }
                            })
                            .isInstanceOf(MuxException.class);
                    assertThatThrownBy(() -> ours.write(new byte[1])).isInstanceOf(NetException.class);
                    pair.far().abort();
                }
            }
        });
    }

    private static void drain(Connection stream) {
        try {
            stream.readAllBytes(1 << 20);
        } catch (IOException ended) {
            assertThat(ended).isInstanceOf(NetException.class);
        }
    }

    private static byte[] randomFrames(SplittableRandom random) {
        ByteBuffer bytes = ByteBuffer.allocate(4_096);
        int frames = random.nextInt(30);
        for (int i = 0; i < frames && bytes.remaining() > 200; i++) {
            int length = random.nextInt(10) == 0 ? random.nextInt() : random.nextInt(100);
            int type = random.nextInt(20) == 0 ? random.nextInt(256) : random.nextInt(3);
            int stream = random.nextInt(20) == 0 ? random.nextInt() : random.nextInt(6);
            bytes.put(frame(type, random.nextInt(16), type == 2 ? 0 : stream, length));
            if (type == 0 && length > 0 && length < 100) {
                bytes.position(bytes.position() + random.nextInt(length + 1));
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
