package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cli.map.Backlog.Piece;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WindowTest {
    private static final int BLOCK = SpillFile.BLOCK;
    private static final long MUCH = 1L << 40;

    @TempDir
    Path directory;

    private SpillFile spill = new SpillFile(Path.of("unused"), 0);

    @AfterEach
    void close() throws IOException {
        spill.close();
    }

    private Window window(boolean ordered, long held, long spilled) {
        spill = new SpillFile(directory, spilled);
        return new Window(ordered, new Window.Limits(held, MUCH, 1000), spill);
    }

    @Test
    void outputComesInTheOrderOfTheItemsWhateverEndsFirst() throws IOException {
        Window window = window(true, MUCH, 0);
        Slot first = window.take(item(1), true);
        Slot second = window.take(item(2), true);
        append(window, second, Slot.STDOUT, "second");
        complete(window, second);
        append(window, first, Slot.STDOUT, "first");
        complete(window, first);
        window.finish();
        assertThat(written(window, Slot.STDOUT)).isEqualTo("firstsecond");
        assertThat(written(window, Slot.STDERR)).isEmpty();
    }

    @Test
    void withoutAnOrderOutputComesAsItemsEnd() throws IOException {
        Window window = window(false, MUCH, 0);
        Slot first = window.take(item(1), true);
        Slot second = window.take(item(2), true);
        append(window, first, Slot.STDOUT, "first");
        append(window, second, Slot.STDOUT, "second");
        complete(window, second);
        complete(window, first);
        window.finish();
        assertThat(written(window, Slot.STDOUT)).isEqualTo("secondfirst");
    }

    @Test
    void theStreamsOfAnItemAreKeptApart() throws IOException {
        Window window = window(true, MUCH, 0);
        Slot slot = window.take(item(1), true);
        append(window, slot, Slot.STDERR, "e");
        append(window, slot, Slot.STDOUT, "o");
        append(window, slot, Slot.STDERR, "E");
        complete(window, slot);
        window.finish();
        assertThat(written(window, Slot.STDOUT)).isEqualTo("o");
        assertThat(written(window, Slot.STDERR)).isEqualTo("eE");
    }

    @Test
    void theItemWhoseTurnItIsIsWrittenWhileItRuns() throws IOException {
        Window window = window(true, MUCH, 0);
        Slot slot = window.take(item(1), true);
        append(window, slot, Slot.STDOUT, "part");
        assertThat(window.next(Slot.STDOUT)).isSameAs(slot);
        Piece piece = window.poll(slot, Slot.STDOUT);
        assertThat(piece).isNotNull();
        assertThat(text(window, piece)).isEqualTo("part");
    }

    @Test
    void outputBeyondTheBudgetIsSpilledAndComesBackWhole() throws IOException {
        Window window = window(true, 100_000, MUCH);
        window.take(item(1), true);
        Slot slot = window.take(item(2), true);
        byte[] expected = fill(window, slot, 50 * BLOCK, 10_000);
        assertThat(spill.used()).isBetween(45, 60);
        assertThat(directory).as("the file has no name").isEmptyDirectory();
        complete(window, slot);
        window.finish();
        assertThat(bytes(window, slot)).isEqualTo(expected);
        assertThat(spill.used()).isZero();
    }

    @Test
    void whatAFinishedItemHasInMemoryIsWithinTheBudget() throws IOException {
        Window window = window(true, 10, MUCH);
        window.take(item(1), true);
        for (int i = 2; i < 10; i++) {
            Slot slot = window.take(item(i), true);
            fill(window, slot, 50_000, 1000);
            assertThat(spill.used()).isEqualTo(i - 2);
            complete(window, slot);
            assertThat(spill.used()).isEqualTo(i - 1);
        }
    }

    @Test
    void blocksAreUsedAgain() throws IOException {
        Window window = window(true, 10, 20L * BLOCK);
        for (int round = 0; round < 5; round++) {
            window.take(item(1), true);
            Slot slot = window.take(item(2), true);
            byte[] expected = fill(window, slot, 20 * BLOCK, BLOCK);
            complete(window, slot);
            Slot head = window.next(Slot.STDOUT);
            assertThat(head).isNotNull().isNotSameAs(slot);
            complete(window, head);
            assertThat(window.poll(head, Slot.STDOUT)).isNull();
            assertThat(window.next(Slot.STDOUT)).isSameAs(slot);
            assertThat(bytes(window, slot)).isEqualTo(expected);
        }
    }

    @Test
    void anItemWithoutRoomWaitsForItsTurn() throws IOException {
        Sluice.run(() -> {
            Window window = window(true, 10, 0);
            Slot first = window.take(item(1), true);
            Slot second = window.take(item(2), true);
            byte[] data = random(5 * BLOCK);
            try (var group = TaskGroup.open()) {
                Task<Void> task = group.start("second", () -> {
                    append(window, second, data, BLOCK);
                    complete(window, second);
                    window.finish();
                });
                letOthersRun();
                assertThat(task.isDone()).as("waits for room").isFalse();
                assertThat(window.next(Slot.STDOUT)).isSameAs(first);
                complete(window, first);
                assertThat(window.poll(first, Slot.STDOUT)).isNull();
                assertThat(window.next(Slot.STDOUT)).isSameAs(second);
                assertThat(bytes(window, second)).isEqualTo(data);
                group.join();
            }
        });
    }

    @Test
    void withoutAnOrderTheFirstItemWithoutRoomGetsTheTurn() throws IOException {
        Sluice.run(() -> {
            Window window = window(false, 10, 0);
            byte[] data = random(50 * BLOCK);
            try (var group = TaskGroup.open()) {
                for (int i = 1; i <= 3; i++) {
                    Slot slot = window.take(item(i), false);
                    group.start("item", () -> {
                        append(window, slot, data, BLOCK);
                        complete(window, slot);
                    });
                }
                for (int i = 1; i <= 3; i++) {
                    Slot slot = window.next(Slot.STDOUT);
                    assertThat(slot).isNotNull();
                    assertThat(bytes(window, slot)).isEqualTo(data);
                }
                group.join();
            }
        });
    }

    @Test
    void anAttemptIsForgottenForAnother() throws IOException {
        Window window = window(true, 100_000, MUCH);
        Slot slot = window.take(item(1), false);
        assertThat(window.next(Slot.STDOUT)).isSameAs(slot);
        fill(window, slot, 10 * BLOCK, 5000);
        assertThat(spill.used()).isPositive();
        assertThat(window.received(slot)).isEqualTo(10 * BLOCK);
        assertThat(window.discard(slot)).isTrue();
        assertThat(spill.used()).isZero();
        assertThat(window.received(slot)).isZero();
        append(window, slot, Slot.STDOUT, "second attempt");
        complete(window, slot);
        assertThat(new String(bytes(window, slot), UTF_8)).isEqualTo("second attempt");
    }

    @Test
    void anAttemptTooLargeToBeHeldIsTheLast() throws IOException {
        Sluice.run(() -> {
            Window window = window(true, 10, 3L * BLOCK);
            Slot slot = window.take(item(1), false);
            byte[] data = random(50 * BLOCK);
            try (var group = TaskGroup.open()) {
                group.start("item", () -> {
                    append(window, slot, data, BLOCK);
                    assertThat(window.discard(slot)).isFalse();
                    complete(window, slot);
                });
                assertThat(window.next(Slot.STDOUT)).isSameAs(slot);
                assertThat(bytes(window, slot)).isEqualTo(data);
                group.join();
            }
        });
    }

    /// What has come could not be written yet, so its writer sleeps.
    @Test
    void anAttemptThatBecomesTheLastWakesItsWriter() throws IOException {
        Sluice.run(() -> {
            Window window = window(true, 6L * BLOCK, 0);
            Slot slot = window.take(item(1), false);
            byte[] data = random(20 * BLOCK);
            try (var group = TaskGroup.open()) {
                group.start("item", () -> {
                    for (int from = 0; from < data.length; from += BLOCK) {
                        append(window, slot, Arrays.copyOfRange(data, from, from + BLOCK), BLOCK);
                        letOthersRun(); // as a read of the program's output does
                    }
                    complete(window, slot);
                });
                assertThat(window.next(Slot.STDOUT)).isSameAs(slot);
                assertThat(Deadline.after(Duration.ofSeconds(60)).call(() -> bytes(window, slot)))
                        .isEqualTo(data);
                group.join();
            }
        });
    }

    @Test
    void aSlowWriterSlowsTheItemDownInsteadOfSpilling() throws IOException {
        Sluice.run(() -> {
            Window window = window(true, MUCH, MUCH);
            Slot slot = window.take(item(1), true);
            assertThat(window.next(Slot.STDOUT)).isSameAs(slot);
            byte[] data = random(100 * BLOCK);
            try (var group = TaskGroup.open()) {
                Task<Void> task = group.start("item", () -> append(window, slot, data, BLOCK));
                letOthersRun();
                assertThat(task.isDone()).isFalse();
                assertThat(window.received(slot)).isLessThanOrEqualTo(4L * BLOCK);
                assertThat(spill.used()).isZero();
                group.cancel("enough seen");
                assertThatThrownBy(group::join).hasMessageContaining("enough seen");
            }
        });
    }

    @Test
    void theRecordIsLoggedWhenNothingOfTheItemIsLeftToWrite() throws IOException {
        Window window = window(true, MUCH, 0);
        Slot silent = window.take(item(1), true);
        Slot loud = window.take(item(2), true);
        append(window, loud, Slot.STDOUT, "a");
        append(window, loud, Slot.STDERR, "b");
        assertThat(window.complete(silent, record(silent)))
                .as("nothing to write")
                .isNotNull();
        JobRecord record = record(loud);
        assertThat(window.complete(loud, record)).as("output waits").isNull();
        assertThat(delivered(window, silent, Slot.STDOUT)).isEmpty();
        assertThat(delivered(window, loud, Slot.STDOUT)).as("stderr waits").isEmpty();
        assertThat(delivered(window, silent, Slot.STDERR)).isEmpty();
        assertThat(delivered(window, loud, Slot.STDERR)).containsExactly(record);
    }

    @Test
    void itemsAreTakenOnlyAsFarAheadAsTheirWeightAllows() throws IOException {
        Sluice.run(() -> {
            Window window = new Window(true, new Window.Limits(MUCH, 10_000, 2), spill);
            int taken = 0;
            Slot first = null;
            try (var group = TaskGroup.open()) {
                while (true) {
                    Task<Void> room = group.start("room", window::awaitRoom);
                    letOthersRun();
                    if (!room.isDone()) {
                        break;
                    }
                    Slot slot = window.take(item(++taken), true);
                    complete(window, slot);
                    first = first == null ? slot : first;
                }
                assertThat(taken).isBetween(10, 40);
                for (int stream = 0; stream < Slot.STREAMS; stream++) {
                    assertThat(window.next(stream)).isSameAs(first);
                    assertThat(window.poll(first, stream)).isNull();
                }
                group.join();
            }
        });
    }

    // ---- helpers

    /// As far as they get without us.
    private static void letOthersRun() {
        for (int i = 0; i < 100; i++) {
            Sluice.yield();
        }
    }

    private static Item item(long seq) {
        return new Item(seq, Long.toString(seq).getBytes(UTF_8), false);
    }

    private static JobRecord record(Slot slot) {
        return new JobRecord(slot.item, List.of(slot.item.bytes()), Instant.EPOCH, 0, 0, Ending.Exited.SUCCESS);
    }

    private static void complete(Window window, Slot slot) throws IOException {
        window.complete(slot, record(slot));
    }

    private static void append(Window window, Slot slot, int stream, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        window.append(slot, stream, bytes, bytes.length);
    }

    private static void append(Window window, Slot slot, byte[] data, int chunk) throws IOException {
        for (int at = 0; at < data.length; at += chunk) {
            byte[] piece = Arrays.copyOfRange(data, at, Math.min(data.length, at + chunk));
            window.append(slot, Slot.STDOUT, piece, piece.length);
        }
    }

    private static byte[] fill(Window window, Slot slot, int length, int chunk) throws IOException {
        byte[] data = random(length);
        append(window, slot, data, chunk);
        return data;
    }

    private static byte[] random(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }

    private static String text(Window window, Piece piece) throws IOException {
        return new String(window.load(piece, new byte[BLOCK]), 0, piece.length, UTF_8);
    }

    /// All that is left of a slot.
    private static byte[] bytes(Window window, Slot slot) throws IOException {
        var all = new ByteArrayOutputStream();
        while (!slot.stream(Slot.STDOUT).atTurn) {
            assertThat(window.next(Slot.STDOUT)).isNotNull(); // those before it have nothing
        }
        for (Piece piece = window.poll(slot, Slot.STDOUT); piece != null; piece = window.poll(slot, Slot.STDOUT)) {
            all.write(window.load(piece, new byte[BLOCK]), 0, piece.length);
            window.delivered(slot, Slot.STDOUT, piece);
        }
        return all.toByteArray();
    }

    private static List<JobRecord> delivered(Window window, Slot slot, int stream) {
        assertThat(window.next(stream)).isSameAs(slot);
        List<JobRecord> records = new ArrayList<>();
        for (Piece piece = window.poll(slot, stream); piece != null; piece = window.poll(slot, stream)) {
            JobRecord record = window.delivered(slot, stream, piece);
            if (record != null) {
                records.add(record);
            }
        }
        return records;
    }

    private static String written(Window window, int stream) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Slot slot = window.next(stream); slot != null; slot = window.next(stream)) {
            for (Piece piece = window.poll(slot, stream); piece != null; piece = window.poll(slot, stream)) {
                all.append(text(window, piece));
                window.delivered(slot, stream, piece);
            }
        }
        return all.toString();
    }
}
