package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ItemSourceTest {
    private static final int READ_AHEAD = 1024 * 1024;

    @Test
    void itemsComeAsTheyWerePut() {
        var source = new ItemSource((byte) '\n', 0);
        put(source, "a\nb");
        put(source, "b\n");
        put(source, "c");
        source.end();
        assertThat(next(source)).isEqualTo("a");
        assertThat(next(source)).isEqualTo("bb");
        assertThat(next(source)).isEqualTo("c");
        assertThat(source.next()).isNull();
        assertThat(source.next()).isNull();
    }

    @Test
    void aWorkerWaitsForAnItem() {
        Sluice.run(() -> {
            var source = new ItemSource((byte) '\n', 0);
            try (var group = TaskGroup.open()) {
                Task<String> worker = group.start("worker", () -> next(source));
                letOthersRun();
                assertThat(worker.isDone()).isFalse();
                put(source, "half");
                letOthersRun();
                assertThat(worker.isDone()).isFalse();
                put(source, "\n");
                assertThat(worker.get()).isEqualTo("half");
                group.join();
            }
        });
    }

    @Test
    void theReaderRunsAheadByAMegabyteOnly() {
        Sluice.run(() -> {
            var source = new ItemSource((byte) '\n', 0);
            String block = "x".repeat(65_535) + "\n";
            int[] blocks = {0};
            try (var group = TaskGroup.open()) {
                Task<Void> reader = group.start("reader", () -> {
                    for (; blocks[0] < 100; blocks[0]++) {
                        put(source, block);
                    }
                });
                letOthersRun();
                assertThat(blocks[0]).isEqualTo(READ_AHEAD / block.length());
                for (int i = 0; i < 100; i++) {
                    assertThat(next(source)).hasSize(65_535);
                }
                reader.get();
                group.join();
            }
        });
    }

    @Test
    void afterAStopNobodyWaitsAndNothingComes() {
        Sluice.run(() -> {
            var source = new ItemSource((byte) '\n', 0);
            try (var group = TaskGroup.open()) {
                Task<Object> worker = group.start("worker", () -> String.valueOf(source.next()));
                letOthersRun();
                source.stop();
                assertThat(worker.get()).isEqualTo("null");
                put(source, "a\nb\n");
                assertThat(source.next()).isNull();
                for (int i = 0; i < 100; i++) {
                    put(source, "x".repeat(READ_AHEAD));
                }
                group.join();
            }
        });
    }

    @Test
    void theTotalIsKnownOnceTheEndWasRead() {
        var source = new ItemSource((byte) '\n', 0);
        put(source, "a\nb\nc");
        assertThat(source.total()).isEmpty();
        source.end();
        assertThat(source.total()).hasValue(3);
    }

    @Test
    void theTotalOfAFileIsGuessedByItsSize() {
        var source = new ItemSource((byte) '\n', 1000);
        assertThat(source.total()).isEmpty();
        put(source, "abcd\n".repeat(20));
        assertThat(source.total()).hasValue(200);
        source.end();
        assertThat(source.total()).as("now it is known").hasValue(20);
    }

    private static void put(ItemSource source, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        source.put(bytes, bytes.length);
    }

    private static String next(ItemSource source) {
        Item item = source.next();
        return item == null ? "no item" : new String(item.bytes(), UTF_8);
    }

    private static void letOthersRun() {
        for (int i = 0; i < 100; i++) {
            Sluice.yield();
        }
    }
}
