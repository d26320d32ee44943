package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.layer.PcapNgReader.Direction;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Memory;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class CaptureTest {
    @TempDir
    Path folder;

    @Test
    void eachPlaceOfAStackIsAnInterface() throws Exception {
        Path path = folder.resolve("stack.pcapng");
        Sluice.run(() -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    Capture capture = Capture.create(path)) {
                Connection near = Tcp.connect(listener.address().place());
                Messages<String> peer = Stack.over(listener.accept()).deflate().lines();
                Messages<String> lines = Stack.over(near)
                        .layer(capture.at("compressed"))
                        .deflate()
                        .layer(capture.at("plain"))
                        .lines();
                lines.send("hello");
                assertThat(peer.receive()).contains("hello");
                peer.send("good day");
                peer.closeOutput();
                assertThat(lines).containsExactly("good day");
                lines.close();
                peer.close();
                assertThat(capture.statistics().connections()).isEqualTo(2);
                assertThat(capture.statistics().missed()).isZero();
                assertThat(capture.statistics().bytes()).isEqualTo(Files.size(path));
                assertThat(lines.describe()).contains("capture plain");
            }
        });
        PcapNgReader file = PcapNgReader.read(path);
        assertThat(file.interfaces).containsExactly("compressed", "plain");
        assertThat(file.comments).hasSize(2).allMatch(comment -> comment.startsWith("tcp 127.0.0.1:"));
        assertThat(file.nanos).isSorted();
        assertThat(Instant.ofEpochSecond(0, file.nanos.getFirst()))
                .isBetween("2020-01-01T00:00:00Z", "2500-01-01T00:00:00Z");
        assertThat(file.streams).hasSize(4);
        List<Direction> directions = new ArrayList<>(file.streams.values());
        assertThat(directions.subList(2, 4)).extracting(Direction::text).containsExactly("hello\n", "good day\n");
        assertThat(file.streams.keySet()).first().asString().startsWith("127.0.0.1:");
        assertThat(file.streams.keySet()).last().asString().startsWith("10.1.0.2:");
    }

    @Test
    void whatPassesIsPutTogetherAgain() throws Exception {
        Path path = folder.resolve("memory.pcapng");
        byte[] much = new byte[300_000];
        Sluice.run(() -> {
            try (Capture capture = Capture.create(path);
                    var group = TaskGroup.open()) {
                Memory.Pair pair = Memory.pair("test");
                Connection near = Stack.over(pair.near()).layer(capture.at("bytes"));
                group.start("echo", () -> {
                    pair.far().transferTo(pair.far());
                    pair.far().close();
                });
                group.start("write", () -> {
                    near.write("first".getBytes(UTF_8));
                    near.write(much);
                    near.closeOutput();
                });
                assertThat(near.readAllBytes(1 << 20)).hasSize(much.length + 5);
                group.join();
                near.close();
                near.abort();
            }
        });
        PcapNgReader file = PcapNgReader.read(path);
        assertThat(file.comments).containsExactly("memory test.near->test.far");
        List<Direction> directions = new ArrayList<>(file.streams.values());
        assertThat(file.streams).containsOnlyKeys("10.0.0.1:1>10.0.0.2:9", "10.0.0.2:9>10.0.0.1:1");
        for (Direction direction : directions) {
            assertThat(direction.bytes.toByteArray()).hasSize(much.length + 5).startsWith("first".getBytes(UTF_8));
            assertThat(direction.finished).isTrue();
            assertThat(direction.reset).isFalse();
        }
    }

    @Test
    void compressedBytesCanBeTakenFromTheFile() throws Exception {
        Path path = folder.resolve("deflate.pcapng");
        Sluice.run(() -> {
            try (Capture capture = Capture.create(path)) {
                Memory.Pair pair = Memory.pair("test");
                Stack near = Stack.over(pair.near()).layer(capture.at("below")).deflate();
                near.write("words".getBytes(UTF_8));
                near.closeOutput();
                near.abort();
            }
        });
        Direction out = PcapNgReader.read(path).streams.get("10.0.0.1:1>10.0.0.2:9");
        assertThat(out).isNotNull();
        byte[] compressed = out.bytes.toByteArray();
        assertThat(new InflaterInputStream(new ByteArrayInputStream(compressed)).readAllBytes())
                .isEqualTo("words".getBytes(UTF_8));
    }

    @Test
    void anAbortIsAReset() throws Exception {
        Path path = folder.resolve("abort.pcapng");
        Sluice.run(() -> {
            try (Capture capture = Capture.create(path)) {
                Stack.over(Memory.pair("test").near())
                        .layer(capture.at("bytes"))
                        .abort();
            }
        });
        assertThat(PcapNgReader.read(path).streams.get("10.0.0.1:1>10.0.0.2:9").reset)
                .isTrue();
    }

    @Test
    void theConnectionGoesOnWithoutItsCapture() throws Exception {
        Path path = folder.resolve("full.pcapng");
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (Capture capture = Capture.create(path, 1_024)) {
                Connection near = Stack.over(pair.near()).layer(capture.at("bytes"));
                for (int i = 0; i < 100; i++) {
                    near.write("12345".getBytes(UTF_8));
                }
                near.close();
                assertThat(pair.far().readAllBytes(1_000)).hasSize(500);
                assertThat(capture.statistics().missed()).isBetween(80L, 101L);
            }
        });
        assertThat(Files.size(path)).isBetween(900L, 1_024L);
        assertThat(PcapNgReader.read(path).interfaces).containsExactly("bytes");
    }

    static boolean hasFullDevice() {
        return Files.exists(Path.of("/dev/full"));
    }

    @Test
    @EnabledIf("hasFullDevice")
    void aFullDiskIsToldAtTheClose() throws Exception {
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Capture capture = Capture.create(Path.of("/dev/full"));
            Connection near = Stack.over(pair.near()).layer(capture.at("bytes"));
            near.write("12345".getBytes(UTF_8));
            near.close();
            assertThat(pair.far().readAllBytes(1_000)).hasSize(5);
            assertThatThrownBy(capture::close)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("capture /dev/full: packets=0 written, then ");
            capture.close();
        });
    }
}
