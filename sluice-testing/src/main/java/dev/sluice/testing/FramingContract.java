package dev.sluice.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.io.LimitExceededException;
import dev.sluice.io.StreamBusyException;
import dev.sluice.layer.Frames;
import dev.sluice.layer.Framing;
import dev.sluice.layer.LayerException;
import dev.sluice.layer.LayerException.Problem;
import dev.sluice.layer.Stack;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What every framing does. One is tested by a short subclass that says how its frames look.
public abstract class FramingContract {
    private static final long SEED = Long.getLong("framing.seed", 4);

    /// For the subclass that says which framing.
    protected FramingContract() {}

    /// The framing, with a limit of [#limit] bytes.
    protected abstract Framing framing();

    /// The bytes of a frame, made without the framing.
    protected abstract byte[] encoded(byte[] payload);

    /// Bytes of payload in a frame at most; 100, or another number below 1000 that tries more.
    protected int limit() {
        return 100;
    }

    /// The shortest payload.
    protected int shortest() {
        return 0;
    }

    /// Bytes that no frame begins with, to be refused with these problems; a hostile peer sends them.
    protected abstract List<Hostile> hostile();

    /// What a hostile peer sends, and how it is refused.
    ///
    /// @param latin1 the bytes, sent at the beginning of a frame
    /// @param problem of the refusal
    /// @param message how it ends
    public record Hostile(String latin1, Problem problem, String message) {
        /// What a hostile peer sends, and how it is refused.
        public Hostile(byte[] bytes, Problem problem, String message) {
            this(new String(bytes, ISO_8859_1), problem, message);
        }

        byte[] bytes() {
            return latin1.getBytes(ISO_8859_1);
        }
    }

    /// Whether the end of the stream ends a frame as well.
    protected boolean endsWithStream() {
        return false;
    }

    /// A payload that can be carried.
    protected byte[] payload(int length, long seed) {
        byte[] bytes = new byte[length];
        var random = new SplittableRandom(seed);
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(26));
        }
        return bytes;
    }

    private interface Body {
        void run(Frames near, Frames far, TaskGroup<Object, Void> group) throws Exception;
    }

    private interface RawBody {
        void run(Connection near, Frames far, TaskGroup<Object, Void> group) throws Exception;
    }

    private static void run(Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withCount(2).withStallLimit(ofSeconds(10));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private void framed(Body body) throws Exception {
        raw((near, far, group) -> body.run(Stack.over(near).frames(framing()), far, group));
    }

    private void raw(RawBody body) throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (var group = TaskGroup.open()) {
                body.run(pair.near(), Stack.over(pair.far()).frames(framing()), group);
                group.join();
            } finally {
                pair.near().abort();
                pair.far().abort();
            }
        });
    }

    private List<byte[]> payloads(int count, long seed) {
        var random = new SplittableRandom(seed);
        List<byte[]> all = new ArrayList<>();
        all.add(payload(shortest(), seed));
        all.add(payload(limit(), seed));
        while (all.size() < count) {
            all.add(payload(shortest() + random.nextInt(limit() - shortest() + 1), random.nextLong()));
        }
        return all;
    }

    private byte[] encodedAll(List<byte[]> payloads) {
        var all = new ByteArrayOutputStream();
        payloads.forEach(payload -> all.writeBytes(encoded(payload)));
        return all.toByteArray();
    }

    private static void assertReceives(Frames from, List<byte[]> payloads) throws IOException {
        for (byte[] payload : payloads) {
            assertThat(from.receive())
                    .hasValueSatisfying(frame -> assertThat(frame).isEqualTo(payload));
        }
    }

    // ---- frames

    @Test
    void framesLookAsTheyShould() throws Exception {
        List<byte[]> payloads = payloads(50, 1);
        raw((near, far, group) -> {
            for (byte[] payload : payloads) {
                far.send(payload);
            }
            far.closeOutput();
            assertThat(near.readAllBytes(100_000)).isEqualTo(encodedAll(payloads));
        });
    }

    @Test
    void whatIsSentIsReceived() throws Exception {
        List<byte[]> payloads = payloads(2_000, 2);
        framed((near, far, group) -> {
            group.start("send", () -> {
                for (byte[] payload : payloads) {
                    ByteBuffer from = ByteBuffer.wrap(payload);
                    near.send(from);
                    assertThat(from.hasRemaining()).isFalse();
                }
                near.closeOutput();
            });
            assertReceives(far, payloads);
            assertThat(far.receive()).isEmpty();
            assertThat(far.receive()).as("the end stays").isEmpty();
            far.send(payloads.getLast());
            assertReceives(near, List.of(payloads.getLast()));
        });
    }

    @Test
    void framesAreReceivedIntoABuffer() throws Exception {
        List<byte[]> payloads = payloads(100, 3);
        framed((near, far, group) -> {
            group.start("send", () -> {
                for (byte[] payload : payloads) {
                    near.send(payload);
                }
                near.closeOutput();
            });
            ByteBuffer into = ByteBuffer.allocateDirect(limit());
            for (byte[] payload : payloads) {
                assertThat(far.receive(into.clear())).isEqualTo(payload.length);
                assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(payload));
            }
            assertThat(far.receive(into.clear())).isEqualTo(-1);
        });
    }

    @Test
    void aFrameWithoutRoomStays() throws Exception {
        byte[] payload = payload(limit(), 4);
        framed((near, far, group) -> {
            near.send(payload);
            assertThatThrownBy(() -> far.receive(ByteBuffer.allocate(limit() - 1)))
                    .isInstanceOf(LimitExceededException.class)
                    .hasMessageContaining("frame of " + limit() + " bytes");
            assertReceives(far, List.of(payload));
        });
    }

    @Test
    void bytesComeOneByOne() throws Exception {
        List<byte[]> payloads = payloads(20, 5);
        byte[] bytes = encodedAll(payloads);
        raw((near, far, group) -> {
            group.start("send", () -> {
                for (int at = 0; at < bytes.length; at++) {
                    near.write(bytes, at, 1);
                    Sluice.yield();
                }
                near.closeOutput();
            });
            assertReceives(far, payloads);
            assertThat(far.receive()).isEmpty();
        });
    }

    @Test
    @Tag("needs-opens") // only a loop of its own runs nothing else between two sends
    void whatOneTaskSendsAtOnceArrivesAsOne() throws Exception {
        List<byte[]> payloads = payloads(20, 6);
        raw((near, far, group) -> {
            for (byte[] payload : payloads) {
                far.send(payload);
            }
            byte[] expected = encodedAll(payloads);
            assertThat(near.read(ByteBuffer.allocate(expected.length + 1))).isEqualTo(expected.length);
        });
    }

    @Test
    void severalTasksSend() throws Exception {
        framed((near, far, group) -> {
            List<Task<Void>> senders = new ArrayList<>();
            for (int sender = 0; sender < 4; sender++) {
                byte[] payload = payload(limit(), sender);
                senders.add(group.start("sender " + sender, () -> {
                    for (int i = 0; i < 1_000; i++) {
                        near.send(payload);
                    }
                }));
            }
            for (int i = 0; i < 4_000; i++) {
                assertThat(far.receive())
                        .hasValueSatisfying(frame -> assertThat(frame)
                                .isIn(
                                        payload(limit(), 0),
                                        payload(limit(), 1),
                                        payload(limit(), 2),
                                        payload(limit(), 3)));
            }
            for (Task<Void> sender : senders) {
                sender.get();
            }
        });
    }

    @Test
    void oneReceivesAtATime() throws Exception {
        framed((near, far, group) -> {
            var refused = new Promise<String>("the one who comes second");
            Action<IOException> receive = () -> {
                try {
                    assertThat(far.receive()).isPresent();
                } catch (StreamBusyException busy) {
                    refused.complete(busy.toString());
                }
            };
            group.start("first", receive);
            group.start("second", receive);
            assertThat(refused.await()).containsPattern("first|second");
            near.send(payload(limit(), 7));
        });
    }

    @Test
    void layersCountWhatPasses() throws Exception {
        List<byte[]> payloads = payloads(10, 8);
        int bytes = payloads.stream().mapToInt(payload -> payload.length).sum();
        framed((near, far, group) -> {
            for (byte[] payload : payloads) {
                near.send(payload);
            }
            assertReceives(far, payloads);
            assertThat(near.layers().getFirst().out().messages()).isEqualTo(10);
            assertThat(near.layers().getFirst().out().bytes()).isEqualTo(bytes);
            assertThat(far.layers().getFirst().in().messages()).isEqualTo(10);
            assertThat(far.layers().getFirst().in().bytes()).isEqualTo(bytes);
            assertThat(far.layers().getLast().in().bytes()).isEqualTo(encodedAll(payloads).length);
            assertThat(far.describe()).contains(framing().name()).contains("memory test.far->test.near");
        });
    }

    // ---- limits

    @Test
    void whatIsTooLargeIsNotSent() throws Exception {
        framed((near, far, group) -> {
            ByteBuffer from = ByteBuffer.wrap(payload(limit() + 1, 9));
            assertThatThrownBy(() -> near.send(from)).isInstanceOfSatisfying(LayerException.class, failure -> {
                assertThat(failure.problem()).isEqualTo(Problem.TOO_LARGE);
                assertThat(failure.limit()).hasValue(limit());
                assertThat(failure.claimed()).hasValue(limit() + 1);
                assertThat(failure)
                        .hasMessage("send memory test.near->test.far: length=" + (limit() + 1) + ", expected at most "
                                + limit());
            });
            assertThat(from.remaining()).isEqualTo(limit() + 1);
            near.send(payload(limit(), 9));
            assertReceives(far, List.of(payload(limit(), 9)));
        });
    }

    @Test
    void hostilePeersAreRefusedForEver() throws Exception {
        for (Hostile hostile : hostile()) {
            raw((near, far, group) -> {
                byte[] before = payload(limit(), 10);
                near.write(encoded(before));
                near.write(hostile.bytes());
                near.closeOutput();
                assertReceives(far, List.of(before));
                for (int i = 0; i < 2; i++) {
                    assertThatThrownBy(far::receive).isInstanceOfSatisfying(LayerException.class, failure -> {
                        assertThat(failure.problem()).isEqualTo(hostile.problem());
                        assertThat(failure.remote()).contains(near.local());
                        assertThat(failure).hasMessage("receive memory test.far->test.near: " + hostile.message());
                    });
                }
                far.send(before); // the other direction goes on
                far.closeOutput();
                assertThat(near.readAllBytes(1_000)).isEqualTo(encoded(before));
            });
        }
    }

    @Test
    void randomBytesGiveFramesOrAnError() throws Exception {
        var random = new SplittableRandom(SEED);
        for (int round = 0; round < 300; round++) {
            byte[] bytes = new byte[random.nextInt(1, 400)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) { // begins well
                byte[] frame = encoded(payload(limit(), round));
                System.arraycopy(frame, 0, bytes, 0, Math.min(frame.length, bytes.length));
            }
            raw((near, far, group) -> {
                near.write(bytes);
                near.closeOutput();
                try {
                    while (far.receive().isPresent()) {
                        Sluice.yield();
                    }
                } catch (LayerException expected) {
                    assertThat(expected)
                            .as("-Dframing.seed=%d", SEED)
                            .hasMessageStartingWith("receive memory test.far");
                }
            });
        }
    }

    // ---- the end inside of a frame

    @Test
    void theEndAndAResetMayComeAtEachByte() throws Exception {
        byte[] before = payload(limit(), 11);
        byte[] frame = encoded(payload(limit(), 12));
        for (int cut = 1; cut < frame.length; cut++) {
            int length = cut;
            raw((near, far, group) -> {
                near.write(encoded(before));
                near.write(frame, 0, length);
                near.closeOutput();
                assertReceives(far, List.of(before));
                if (endsWithStream()) {
                    assertThat(far.receive()).isPresent();
                    assertThat(far.receive()).isEmpty();
                } else {
                    assertThatThrownBy(far::receive)
                            .isInstanceOfSatisfying(
                                    LayerException.class,
                                    failure -> assertThat(failure.problem()).isEqualTo(Problem.INCOMPLETE))
                            .hasMessageEndingWith("the end came after " + length + " bytes of a frame");
                }
            });
            raw((near, far, group) -> {
                near.write(encoded(before));
                near.write(frame, 0, length);
                assertReceives(far, List.of(before));
                near.abort();
                assertThatThrownBy(far::receive)
                        .isInstanceOf(NetException.class)
                        .hasMessageContaining("ECONNRESET");
            });
        }
    }

    // ---- cancellation

    @Test
    void aReceiveThatTimesOutKeepsWhatCame() throws Exception {
        byte[] payload = payload(limit(), 13);
        byte[] frame = encoded(payload);
        raw((near, far, group) -> {
            for (int at = 0; at < frame.length; at++) {
                assertThat(Deadline.after(ofMillis(at == 1 ? 10 : 0)).tryRun(far::receive))
                        .isFalse();
                near.write(frame, at, 1);
            }
            assertReceives(far, List.of(payload));
        });
    }

    @Test
    void receivesAndSendsAreCancelledAtAnyMoment() throws Exception {
        List<byte[]> payloads = payloads(5_000, 14);
        framed((near, far, group) -> {
            Task<List<byte[]>> sent = group.start("send", () -> sendImpatiently(near, payloads));
            var random = new SplittableRandom(15);
            List<byte[]> received = new ArrayList<>();
            boolean[] ended = new boolean[1];
            while (!ended[0]) {
                Deadline.after(ofNanos(random.nextInt(40_000)))
                        .tryRun(() -> far.receive().ifPresentOrElse(received::add, () -> ended[0] = true));
            }
            assertThat(received).usingElementComparator(Arrays::compare).isEqualTo(sent.get());
        });
    }

    /// @return what was sent: a send that returns has sent everything, one that throws nothing
    private static List<byte[]> sendImpatiently(Frames to, List<byte[]> payloads) throws IOException {
        var random = new SplittableRandom(16);
        List<byte[]> sent = new ArrayList<>();
        for (byte[] payload : payloads) {
            Deadline.after(ofNanos(random.nextInt(5_000))).tryRun(() -> {
                to.send(payload);
                sent.add(payload);
            });
        }
        to.closeOutput();
        return sent;
    }

    @Test
    void noFrameIsTornWhenItsSenderIsCancelled() throws Exception {
        byte[] payload = payload(limit(), 17);
        framed((near, far, group) -> {
            int[] sent = new int[1];
            int before;
            do { // until the connection is full, most likely in the middle of a frame
                before = sent[0];
                Deadline.after(ofMillis(20)).tryRun(() -> {
                    near.send(payload);
                    sent[0]++;
                });
            } while (sent[0] != before);
            Task<Void> end = group.start("end", near::closeOutput);
            int received = 0;
            while (far.receive().map(frame -> frame.length == limit()).orElse(false)) {
                received++;
            }
            assertThat(received).isEqualTo(sent[0]);
            end.get();
        });
    }
}
