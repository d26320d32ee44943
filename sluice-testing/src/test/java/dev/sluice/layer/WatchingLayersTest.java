package dev.sluice.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Layers that change nothing, and tell what they saw.
class WatchingLayersTest {
    @Simulated(seeds = 3)
    @Tag("needs-opens")
    void aMeterCountsAndTimesAllItsConnections() throws Exception {
        Meter meter = new Meter("bytes");
        for (int i = 0; i < 2; i++) {
            Memory.Pair pair = Memory.pair("test");
            try (var group = TaskGroup.open()) {
                Stack near = Stack.over(pair.near()).layer(meter);
                group.start("peer", () -> {
                    Sluice.sleep(ofSeconds(3));
                    pair.far().write("hello".getBytes(UTF_8));
                    pair.far().closeOutput();
                });
                near.write("1234567".getBytes(UTF_8));
                assertThat(near.read(ByteBuffer.allocate(9))).isEqualTo(5);
                assertThat(near.read(ByteBuffer.allocate(9))).isEqualTo(-1);
                assertThat(near.describe()).contains("meter bytes");
                group.join();
            }
        }
        Meter.Statistics seen = meter.statistics();
        assertThat(seen.connections()).isEqualTo(2);
        assertThat(seen.in().calls()).isEqualTo(2);
        assertThat(seen.in().bytes()).isEqualTo(10);
        assertThat(seen.in().waited()).isEqualTo(ofSeconds(6));
        assertThat(seen.in().longest()).isEqualTo(ofSeconds(3));
        assertThat(seen.out().calls()).isEqualTo(2);
        assertThat(seen.out().bytes()).isEqualTo(14);
    }

    @Test
    void aLogTellsWhatPasses() throws Exception {
        List<String> lines = new ArrayList<>();
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Connection near = Stack.over(pair.near()).layer(Layer.log(lines::add));
            near.write("hello\n".getBytes(UTF_8));
            pair.far().write(new byte[40]);
            pair.far().closeOutput();
            near.read(ByteBuffer.allocate(100));
            near.read(ByteBuffer.allocate(100));
            near.closeOutput();
            assertThatThrownBy(() -> near.write(new byte[1])).isInstanceOf(NetException.class);
            near.close();
            near.abort();
        });
        String ends = "memory test.near->test.far";
        assertThat(lines.subList(0, 4))
                .containsExactly(
                        ends + " wrote 6 bytes: 68 65 6c 6c 6f 0a |hello.|",
                        ends + " read 40 bytes:" + " 00".repeat(32) + " … |" + ".".repeat(32) + "| …",
                        ends + " read the end",
                        ends + " ends the output");
        assertThat(lines.get(4)).startsWith(ends + " write failed behind 0 bytes: ||: dev.sluice.net.NetException: ");
        assertThat(lines.subList(5, 7)).containsExactly(ends + " closes", ends + " aborts");
    }
}
