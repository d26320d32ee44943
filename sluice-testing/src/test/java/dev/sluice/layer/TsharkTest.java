package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.process.Command;
import dev.sluice.task.TaskGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What we capture, as Wireshark's `tshark` reads it.
class TsharkTest {
    private static final int MUCH = 200_000; // several packets

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void capture() throws Exception {
        path = folder.resolve("stack.pcapng");
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (Capture capture = Capture.create(path);
                    var group = TaskGroup.open()) {
                group.start("peer", () -> {
                    Connection far = Stack.over(pair.far()).deflate();
                    far.transferTo(far);
                    far.close();
                });
                Connection near = Stack.over(pair.near())
                        .layer(capture.at("compressed"))
                        .deflate()
                        .layer(capture.at("plain"));
                near.write("GET /tea HTTP/1.1\r\n\r\n".getBytes(UTF_8));
                near.write("x".repeat(MUCH).getBytes(UTF_8));
                near.closeOutput();
                assertThat(near.readAllBytes(1 << 20)).hasSizeGreaterThan(MUCH);
                near.close();
                group.join();
            }
        });
    }

    private List<String> tshark(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("-n", "-r", path.toString()));
        line.addAll(List.of("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"));
        line.addAll(List.of(arguments));
        return Sluice.call(() ->
                        Command.of("tshark", line.toArray(String[]::new)).run().stdoutText())
                .lines()
                .toList();
    }

    @Test
    void nothingInItIsWrong() throws Exception {
        List<String> all = tshark();
        assertThat(all).hasSizeGreaterThan(12);
        assertThat(tshark("-Y", "tcp.checksum.status == 1 && ip.checksum.status == 1"))
                .isEqualTo(all);
        assertThat(tshark("-Y", "_ws.malformed || tcp.analysis.flags")).isEmpty();
    }

    @Test
    void eachPlaceIsAnInterface() throws Exception {
        assertThat(tshark("-T", "fields", "-e", "frame.interface_name")).containsOnly("compressed", "plain");
    }

    @Test
    void aStreamIsFollowed() throws Exception {
        List<String> streams = tshark("-Y", "frame.interface_name == \"plain\"", "-T", "fields", "-e", "tcp.stream");
        assertThat(streams).isNotEmpty().containsOnly(streams.getFirst());
        List<String> followed = tshark("-q", "-z", "follow,tcp,raw," + streams.getFirst());
        StringBuilder out = new StringBuilder();
        StringBuilder back = new StringBuilder();
        for (String line : followed) { // of the peer's bytes, those that are answered are indented
            if (line.matches("\t?[0-9a-f]+")) {
                (line.startsWith("\t") ? back : out)
                        .append(new String(HexFormat.of().parseHex(line.strip()), UTF_8));
            }
        }
        assertThat(out.toString()).startsWith("GET /tea HTTP/1.1\r\n\r\nxxx").hasSize(21 + MUCH);
        assertThat(back.toString()).isEqualTo(out.toString());
    }
}
