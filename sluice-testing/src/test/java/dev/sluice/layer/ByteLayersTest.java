package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.layer.LayerException.Problem;
import dev.sluice.loop.Loop;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What each byte layer does to the bytes.
class ByteLayersTest {
    private interface Body {
        void run(Connection near, Connection far, TaskGroup<Object, Void> group) throws Exception;
    }

    private static void connected(Body body) throws Exception {
        Sluice.run(() -> pair(body));
    }

    private static void pair(Body body) throws Exception {
        Memory.Pair pair = Memory.pair("test");
        try (var group = TaskGroup.open()) {
            body.run(pair.near(), pair.far(), group);
            group.join();
        }
    }

    private static byte[] zlib(byte[] bytes) throws IOException {
        var compressed = new ByteArrayOutputStream();
        try (var out = new DeflaterOutputStream(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }

    // ---- deflate

    @Test
    void theBytesAreAZlibStream() throws Exception {
        byte[] text = "many words, many words, many words".getBytes(UTF_8);
        connected((near, far, group) -> {
            Stack stack = Stack.over(near).deflate();
            stack.write(text);
            stack.write(text);
            stack.closeOutput();
            byte[] compressed = far.readAllBytes(1_000);
            byte[] plain = new InflaterInputStream(new ByteArrayInputStream(compressed)).readAllBytes();
            assertThat(plain).hasSize(2 * text.length).startsWith(text).endsWith(text);
            assertThat(stack.layers().getFirst().out().bytes()).isEqualTo(2L * text.length);
            assertThat(stack.layers().getLast().out().bytes()).isEqualTo(compressed.length);
            far.write(zlib(text));
            far.closeOutput();
            assertThat(stack.readAllBytes(1_000)).isEqualTo(text);
        });
    }

    @Test
    void aStreamThatEndsTooEarlyIsRefused() throws Exception {
        byte[] compressed = zlib("many words".getBytes(UTF_8));
        for (int cut = 1; cut < compressed.length; cut++) {
            int length = cut;
            connected((near, far, group) -> {
                near.write(compressed, 0, length);
                near.closeOutput();
                assertThatThrownBy(() -> Stack.over(far).deflate().readAllBytes(100))
                        .isInstanceOfSatisfying(
                                LayerException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(Problem.INCOMPLETE))
                        .hasMessageContaining("the end came after " + length + " bytes");
            });
        }
    }

    @Test
    void whatIsNoZlibStreamIsRefused() throws Exception {
        byte[] good = zlib("words".getBytes(UTF_8));
        byte[] more = Arrays.copyOf(good, good.length + 1);
        for (byte[] bad :
                List.of("GET / HTTP/1.1\r\n".getBytes(UTF_8), new byte[] {0x78, (byte) 0xbb, 1, 2, 3, 4}, more)) {
            connected((near, far, group) -> {
                near.write(bad);
                near.closeOutput();
                Stack stack = Stack.over(far).deflate();
                for (int i = 0; i < 2; i++) {
                    assertThatThrownBy(() -> stack.readAllBytes(100))
                            .isInstanceOfSatisfying(
                                    LayerException.class,
                                    failure -> assertThat(failure.problem()).isEqualTo(Problem.MALFORMED))
                            .hasMessageEndingWith("expected a zlib stream (RFC 1950)");
                }
            });
        }
    }

    @Test
    void randomBytesAreRefusedOrRead() throws Exception {
        var random = new SplittableRandom(Long.getLong("layers.seed", 3));
        for (int round = 0; round < 500; round++) {
            byte[] bytes = zlib(new byte[2_000]);
            for (int i = 0; i < 3; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            connected((near, far, group) -> {
                near.write(bytes);
                near.closeOutput();
                try {
                    assertThat(Stack.over(far).deflate().readAllBytes(100_000)).isNotEmpty();
                } catch (LayerException refused) {
                    assertThat(refused).hasMessageStartingWith("read memory test.far->test.near: ");
                }
            });
        }
    }

    @Test
    void aBombIsRefused() throws Exception {
        byte[] bomb = zlib(new byte[10_000_000]);
        assertThat(bomb.length).isLessThan(12_000);
        connected((near, far, group) -> {
            near.write(bomb);
            near.closeOutput();
            Stack stack = Stack.over(far).deflate();
            assertThatThrownBy(() -> stack.readAllBytes(20_000_000))
                    .isInstanceOfSatisfying(LayerException.class, failure -> {
                        assertThat(failure.problem()).isEqualTo(Problem.TOO_LARGE);
                        assertThat(failure.limit()).hasValue(256);
                    })
                    .hasMessageContaining("expansion=");
            assertThat(stack.statistics().bytesRead()).isLessThan(2_000_000);
        });
        connected((near, far, group) -> {
            near.write(bomb);
            near.closeOutput();
            Layer generous = Deflate.defaults().withExpansion(1032);
            assertThat(Stack.over(far).layer(generous).readAllBytes(20_000_000)).hasSize(10_000_000);
        });
    }

    @Test
    void impossibleOptionsAreRefused() {
        assertThatThrownBy(() -> Deflate.defaults().withLevel(10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("deflate: level=10, expected 0..9");
        assertThatThrownBy(() -> Deflate.defaults().withExpansion(2_000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Layer.throttle(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.seeded(1).withPieces(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.seeded(1).withDelay(ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- throttle

    private static Duration since(long start) {
        return Duration.ofNanos(Loop.current().clock().nanoTime() - start);
    }

    @Simulated(seeds = 5)
    @Tag("needs-opens")
    void writesAreThrottled() throws Exception {
        pair((near, far, group) -> {
            Connection slow = Stack.over(near).throttle(10_000);
            long start = Loop.current().clock().nanoTime();
            group.start("write", () -> {
                slow.write(new byte[100_000]);
                slow.closeOutput();
            });
            assertThat(far.readAllBytes(100_000)).hasSize(100_000);
            assertThat(since(start)).isBetween(ofMillis(9_900), ofMillis(10_100));
        });
    }

    @Simulated(seeds = 5)
    @Tag("needs-opens")
    void readsAreThrottled() throws Exception {
        pair((near, far, group) -> {
            Connection slow = Stack.over(far).throttle(10_000);
            long start = Loop.current().clock().nanoTime();
            group.start("write", () -> {
                near.write(new byte[100_000]);
                near.close();
            });
            assertThat(slow.readAllBytes(100_000)).hasSize(100_000);
            assertThat(since(start)).isBetween(ofMillis(9_900), ofMillis(10_100));
        });
    }

    @Simulated(seeds = 5)
    @Tag("needs-opens")
    void aCloseIsNoLongerThanItsGrace() throws Exception {
        pair((near, far, group) -> {
            Connection slow = Stack.over(near).throttle(1_000);
            slow.write(new byte[60_000]);
            long start = Loop.current().clock().nanoTime();
            assertThatThrownBy(slow::close)
                    .isInstanceOf(NetException.class)
                    .hasMessageMatching("close memory test.near->test.far: bytes=\\d+ were not sent, expected none");
            assertThat(since(start)).isBetween(ofMillis(4_900), ofMillis(5_100));
            assertThatThrownBy(() -> far.readAllBytes(60_000)).hasMessageContaining("ECONNRESET");
        });
    }

    // ---- faults

    @Tag("needs-opens") // elsewhere several pieces may have come when one is read
    @Test
    void bytesAreTakenApart() throws Exception {
        connected((near, far, group) -> {
            Connection bad = Stack.over(near).layer(Faults.seeded(1).withPieces(1));
            bad.write(new byte[20]);
            for (int i = 0; i < 20; i++) {
                assertThat(far.read(ByteBuffer.allocate(100))).isEqualTo(1);
            }
            far.write(new byte[20]);
            assertThat(bad.read(ByteBuffer.allocate(100))).isEqualTo(1);
        });
    }

    @Test
    void bytesAreDropped() throws Exception {
        connected((near, far, group) -> {
            Connection bad = Stack.over(near).layer(Faults.seeded(1).withDropAfter(7));
            bad.write(new byte[5]);
            bad.write(new byte[50]);
            bad.closeOutput();
            ByteBuffer into = ByteBuffer.allocate(100);
            while (into.position() < 7) {
                far.read(into);
            }
            assertThat(Deadline.after(ofMillis(20)).tryRun(() -> far.read(into)))
                    .isFalse();
            assertThat(into.position()).isEqualTo(7);
        });
    }

    @Test
    void theConnectionIsReset() throws Exception {
        connected((near, far, group) -> {
            Connection bad = Stack.over(near).layer(Faults.seeded(1).withResetAfter(7));
            bad.write(new byte[50]);
            assertThatThrownBy(() -> far.readAllBytes(100))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("ECONNRESET");
            assertThatThrownBy(() -> writeUntilItFails(bad))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("reset on purpose after 7 bytes");
        });
    }

    /// The far end may know of a reset before the near end's writer does.
    private static void writeUntilItFails(Connection connection) throws IOException {
        while (true) {
            connection.write(new byte[1]);
            Sluice.yield();
        }
    }

    @Simulated(seeds = 5)
    @Tag("needs-opens")
    void delaysComeFromTheSeed() throws Exception {
        assertThat(delay(1)).isEqualTo(delay(1)).isNotEqualTo(delay(2)).isLessThan(ofSeconds(50));
    }

    private static Duration delay(long seed) throws Exception {
        long start = Loop.current().clock().nanoTime();
        pair((near, far, group) -> {
            Faults faults = Faults.seeded(seed).withDelay(ofSeconds(1)).withPieces(10);
            Connection bad = Stack.over(near).layer(faults);
            bad.write(new byte[500]);
            assertThat(far.read(ByteBuffer.allocate(10))).isPositive();
            ByteBuffer rest = ByteBuffer.allocate(490);
            while (rest.hasRemaining()) {
                far.read(rest);
            }
        });
        return since(start);
    }
}
