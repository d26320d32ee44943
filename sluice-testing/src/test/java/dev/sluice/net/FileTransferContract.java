package dev.sluice.net;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.io.ByteSource;
import dev.sluice.io.FileStreams;
import dev.sluice.io.StreamException;
import dev.sluice.loop.Loop;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.ConnectionContract.Pair;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files go through connections of every kind, whoever moves their bytes.
@Tag("once") // a load
public abstract class FileTransferContract {
    private static final int BLOCK = 1 << 20;
    private static final int TOO_MUCH = 64 * BLOCK; // more than a connection holds

    @TempDir
    Path directory;

    /// A new connection. Called by a coroutine, to which both ends belong.
    protected abstract Pair open() throws IOException;

    /// The loops on which the tests run.
    protected LoopsConfig config() {
        return LoopsConfig.defaults();
    }

    /// Whether a peer that has gone shows as such.
    protected boolean showsResets() {
        return true;
    }

    /// Whether the system moves the bytes into these connections by itself.
    protected boolean bySystem() {
        return false;
    }

    /// What is done with both ends and a file.
    private interface Body {
        void run(Connection near, Connection far, TaskGroup<Object, Void> group) throws Exception;
    }

    private void connected(Body body) throws Exception {
        Sluice.run(
                config().withCount(2).withStallLimit(ofSeconds(20)),
                () -> Deadline.after(ofMinutes(5)).named("test").run(() -> {
                    try (Pair pair = open();
                            var group = TaskGroup.open()) {
                        body.run(pair.near(), pair.far(), group);
                        group.join();
                    }
                }));
    }

    /// A file that repeats one block of bytes, which none of them repeats inside.
    private Path file(int size) throws IOException {
        Path file = directory.resolve("file");
        byte[] block = block();
        Files.write(file, new byte[0]);
        for (int left = size; left > 0; left -= BLOCK) {
            Files.write(file, left < BLOCK ? Arrays.copyOf(block, left) : block, StandardOpenOption.APPEND);
        }
        return file;
    }

    private static byte[] block() {
        byte[] bytes = new byte[BLOCK];
        new SplittableRandom(4).nextBytes(bytes);
        return bytes;
    }

    /// Reads to the end what must be that file.
    ///
    /// @return how many bytes came
    private static long check(ByteSource from) throws IOException {
        byte[] block = block();
        var piece = ByteBuffer.allocate(1 << 16);
        long count = 0;
        while (from.read(piece.clear()) >= 0) {
            piece.flip();
            while (piece.hasRemaining()) {
                int at = (int) (count % BLOCK);
                int length = Math.min(piece.remaining(), BLOCK - at);
                assertThat(piece.slice(piece.position(), length))
                        .as("from byte %d", count)
                        .isEqualTo(ByteBuffer.wrap(block, at, length));
                piece.position(piece.position() + length);
                count += length;
            }
        }
        return count;
    }

    /// Transfers for as long as something goes, nobody reading.
    private static long untilStuck(ByteSource source, Connection to) throws Exception {
        long before;
        do {
            before = to.statistics().bytesWritten();
            assertThat(Deadline.after(ofMillis(50)).tryRun(() -> source.transferTo(to)))
                    .as("nobody reads")
                    .isFalse();
        } while (to.statistics().bytesWritten() > before || before == 0);
        return before;
    }

    @Test
    void aFileGoesWholeBetweenWhatIsWritten() throws Exception {
        Path file = file(3 * BLOCK + 7);
        connected((near, far, group) -> {
            Task<byte[]> arrived = group.start("read", () -> far.readAllBytes(4 * BLOCK));
            near.write(new byte[100_000]);
            try (ByteSource source = FileStreams.read(file)) {
                assertThat(source.transferTo(near)).isEqualTo(3 * BLOCK + 7);
                assertThat(source.transferTo(near)).as("at the end").isZero();
            }
            assertThat(near.statistics().bytesFromFiles())
                    .as("moved by the system")
                    .isEqualTo(bySystem() ? 3 * BLOCK + 7 : 0);
            near.write(new byte[] {1, 2, 3});
            assertThat(near.statistics().bytesWritten()).isEqualTo(100_000 + 3 * BLOCK + 7 + 3);
            near.closeOutput();
            ByteBuffer all = ByteBuffer.wrap(arrived.get());
            assertThat(all.slice(0, 100_000)).isEqualTo(ByteBuffer.allocate(100_000));
            assertThat(all.slice(100_000, 3 * BLOCK + 7)).isEqualTo(ByteBuffer.wrap(Files.readAllBytes(file)));
            assertThat(all.slice(100_000 + 3 * BLOCK + 7, all.limit() - 100_000 - 3 * BLOCK - 7))
                    .isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        });
    }

    @Test
    void aRegionFarInsideOfAFileIsSent() throws Exception {
        Path file = directory.resolve("sparse");
        long far5GiB = 5L << 30;
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.seek(far5GiB);
            sparse.write(block(), 0, 1000);
        }
        connected((near, far, group) -> {
            Task<byte[]> arrived = group.start("read", () -> far.readAllBytes(BLOCK));
            try (ByteSource region = FileStreams.read(file, far5GiB - 100, 1000);
                    ByteSource nothing = FileStreams.read(file, far5GiB, 0)) {
                assertThat(nothing.transferTo(near)).isZero();
                assertThat(region.transferTo(near)).isEqualTo(1000);
            }
            near.closeOutput();
            ByteBuffer expected = ByteBuffer.allocate(1000).put(100, block(), 0, 900);
            assertThat(ByteBuffer.wrap(arrived.get())).isEqualTo(expected);
        });
    }

    @Test
    void aTransferThatIsCutAnywhereGoesOnWhereItWas() throws Exception {
        Path file = file(4 * BLOCK + 1);
        connected((near, far, group) -> {
            Task<Long> arrived = group.start("read", () -> check(far));
            var random = new SplittableRandom(15);
            int most = 100_000;
            long before = 0;
            try (ByteSource source = FileStreams.read(file)) {
                while (!Deadline.after(ofNanos(random.nextInt(most))).tryRun(() -> source.transferTo(near))) {
                    long gone = near.statistics().bytesWritten();
                    assertThat(gone).isBetween(before, 4L * BLOCK + 1);
                    most = gone > before ? most : most + most / 4; // a slow machine comes to the end, too
                    before = gone;
                }
            }
            assertThat(near.statistics().bytesFromFiles()).isEqualTo(bySystem() ? 4 * BLOCK + 1 : 0);
            near.closeOutput();
            assertThat(arrived.get()).isEqualTo(4 * BLOCK + 1);
        });
    }

    @Test
    void aTransferWaitsForASlowReader() throws Exception {
        Path file = file(TOO_MUCH);
        connected((near, far, group) -> {
            try (ByteSource source = FileStreams.read(file)) {
                long gone = untilStuck(source, near);
                assertThat(gone).isLessThan(TOO_MUCH);
                Task<Long> arrived = group.start("read", () -> check(far));
                assertThat(source.transferTo(near)).isEqualTo(TOO_MUCH - gone);
                near.closeOutput();
                assertThat(arrived.get()).isEqualTo(TOO_MUCH);
            }
        });
    }

    @Test
    void aFileThatShrinksMeanwhileIsAnErrorBehindWhatItHad() throws Exception {
        Path file = file(TOO_MUCH);
        connected((near, far, group) -> {
            try (ByteSource source = FileStreams.read(file, 0, TOO_MUCH)) {
                long gone = untilStuck(source, near);
                try (var shrinking = new RandomAccessFile(file.toFile(), "rw")) {
                    shrinking.setLength(gone / 2);
                }
                assertThatThrownBy(() -> source.transferTo(near))
                        .isInstanceOf(StreamException.class)
                        .hasMessage("read file " + file + ": it ends at byte " + gone + ", expected "
                                + (TOO_MUCH - gone) + " more");
                assertThat(near.statistics().bytesWritten()).isEqualTo(gone);
                Task<Long> arrived = group.start("read", () -> discard(far));
                near.write(new byte[9]);
                near.closeOutput();
                assertThat(arrived.get()).as("the connection goes on").isEqualTo(gone + 9);
            }
        });
    }

    private static long discard(Connection from) throws IOException {
        var piece = ByteBuffer.allocate(1 << 16);
        long count = 0;
        for (int n; (n = from.read(piece.clear())) >= 0; ) {
            count += n;
        }
        return count;
    }

    @Test
    void aPeerThatGoesEndsATransfer() throws Exception {
        Path file = file(TOO_MUCH);
        connected((near, far, group) -> {
            try (ByteSource source = FileStreams.read(file)) {
                Task<Long> transfer = group.start("transfer", () -> {
                    try {
                        return source.transferTo(near);
                    } catch (NetException gone) {
                        assertThat(gone.isPeerGone() || !showsResets()).isTrue();
                        return -1L;
                    }
                });
                assertThat(far.read(ByteBuffer.allocate(1))).isEqualTo(1);
                far.abort();
                assertThat(transfer.get()).isEqualTo(-1L);
            }
        });
    }

    @Test
    void aCloseEndsATransferThatIsStuck() throws Exception {
        Path file = file(TOO_MUCH);
        connected((near, far, group) -> {
            try (ByteSource source = FileStreams.read(file)) {
                Task<Boolean> transfer = group.start("transfer", () -> {
                    try {
                        source.transferTo(near);
                        return false;
                    } catch (NetException | CancelledException closed) {
                        return true;
                    }
                });
                assertThat(far.read(ByteBuffer.allocate(1))).isEqualTo(1);
                near.abort();
                assertThat(transfer.get()).as("the transfer has ended").isTrue();
                assertThatThrownBy(() -> source.transferTo(near)).isInstanceOf(NetException.class);
            }
        });
    }

    @Test
    void filesThatTheSystemDoesNotMoveAreCopied() throws Exception {
        Path made = Path.of("/proc/self/environ"); // made by the kernel as it is read, not in its page cache
        connected((near, far, group) -> {
            Task<byte[]> arrived = group.start("read", () -> far.readAllBytes(BLOCK));
            try (ByteSource source = FileStreams.read(made)) {
                assertThat(source.transferTo(near)).isEqualTo(Files.readAllBytes(made).length);
            }
            near.closeOutput();
            assertThat(arrived.get()).isEqualTo(Files.readAllBytes(made));
        });
    }

    @Test
    void aFileOfAnotherLoopIsCopied() throws Exception {
        Path file = file(BLOCK + 1);
        connected((near, far, group) -> {
            Task<Long> arrived = group.start("read", () -> check(far));
            Loop there = Loop.current().loops().all().stream()
                    .filter(loop -> loop != Loop.current())
                    .findAny()
                    .orElseThrow();
            try (ByteSource source =
                    group.startOn(there, "open", () -> FileStreams.read(file)).get()) {
                assertThat(source.transferTo(near)).isEqualTo(BLOCK + 1);
            }
            assertThat(near.statistics().bytesFromFiles()).isZero();
            near.closeOutput();
            assertThat(arrived.get()).isEqualTo(BLOCK + 1);
        });
    }

    @Test
    void noFileReachesSoFar() throws Exception {
        Path file = file(10);
        connected((near, far, group) -> {
            try (ByteSource behind = FileStreams.read(file, 11, 1);
                    ByteSource impossible = FileStreams.read(file, 1L << 62, 1)) {
                assertThatThrownBy(() -> behind.transferTo(near))
                        .isInstanceOf(StreamException.class)
                        .hasMessageContaining("it ends at byte 11, expected 1 more");
                assertThatThrownBy(() -> impossible.transferTo(near)).isInstanceOf(StreamException.class);
            }
            near.write(new byte[] {1});
            assertThat(far.read(ByteBuffer.allocate(2)))
                    .as("the connection goes on")
                    .isEqualTo(1);
        });
    }

    @Test
    void filesThatHaveNoRegionsAreRefused() throws Exception {
        connected((near, far, group) -> {
            assertThatThrownBy(() -> FileStreams.read(directory, -1, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> FileStreams.read(directory, 1, Long.MAX_VALUE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> {
                        try (ByteSource source = FileStreams.read(directory, 0, 1)) {
                            source.transferTo(near);
                        }
                    })
                    .isInstanceOf(StreamException.class);
            ByteSource closed = FileStreams.read(file(9));
            closed.close();
            assertThatThrownBy(() -> closed.transferTo(near))
                    .isInstanceOf(StreamException.class)
                    .hasMessageEndingWith(": the stream is closed");
        });
    }
}
