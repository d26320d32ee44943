package dev.sluice.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.task.Action;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What files do as streams, on every back end.
@ExtendWith({LoopsPrimed.class, DescriptorLeaks.class})
abstract class FileContract {
    abstract Backend backend();

    void run(Action<?> body) throws Exception {
        TestLoops.run(TestLoops.config().withBackend(backend()), body);
    }

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void filesAreCreatedAppendedAndRead(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("file ü");
        byte[] bytes = random(200_000);
        run(() -> {
            try (ByteSink sink = FileStreams.create(path)) {
                sink.write(bytes);
            }
            assertThat(path).hasBinaryContent(bytes);
            try (ByteSource source = FileStreams.read(path)) {
                assertThat(source.readAllBytes(bytes.length)).isEqualTo(bytes);
            }
            try (ByteSink sink = FileStreams.create(path)) {
                sink.write(new byte[] {'a'});
            }
            try (ByteSink sink = FileStreams.append(path)) {
                sink.write(new byte[] {'b'});
                sink.write(ByteBuffer.allocateDirect(1).put((byte) 'c').flip());
            }
            assertThat(path).hasContent("abc");
        });
    }

    @Test
    void filesThatCannotBeOpenedSayWhy(@TempDir Path directory) throws Exception {
        Path path = Files.createFile(directory.resolve("file"));
        run(() -> {
            assertThatThrownBy(() -> FileStreams.createNew(path))
                    .isInstanceOfSatisfying(
                            StreamException.class,
                            failure -> assertThat(failure.error()).hasValue("EEXIST"))
                    .hasMessageStartingWith("open file " + path + ": ");
            assertThatThrownBy(() -> FileStreams.read(directory.resolve("none")))
                    .isInstanceOfSatisfying(
                            StreamException.class,
                            failure -> assertThat(failure.error()).hasValue("ENOENT"));
            assertThatThrownBy(() -> FileStreams.create(directory)).isInstanceOf(StreamException.class);
            FileStreams.createNew(directory.resolve("new")).close();
            assertThat(directory.resolve("new")).isEmptyFile();
        });
    }

    @Test
    void devicesAreFilesToo() throws Exception {
        run(() -> {
            try (ByteSource zero = FileStreams.read(Path.of("/dev/zero"));
                    ByteSink none = FileStreams.append(Path.of("/dev/null"));
                    ByteSource end = FileStreams.read(Path.of("/dev/null"))) {
                byte[] bytes = random(1000);
                assertThat(zero.read(bytes, 0, 1000)).isEqualTo(1000);
                assertThat(bytes).containsOnly(0);
                none.write(bytes);
                assertThat(end.read(bytes, 0, 1000)).isEqualTo(-1);
            }
        });
    }

    @Test
    void aFullDiskIsAnErrorOfTheWrite() throws Exception {
        run(() -> {
            try (ByteSink full = FileStreams.append(Path.of("/dev/full"))) {
                assertThatThrownBy(() -> full.write(new byte[1]))
                        .isInstanceOf(StreamException.class)
                        .hasMessageStartingWith("write file /dev/full: ")
                        .hasMessageContaining("No space left on device");
            }
        });
    }

    @Test
    void spilledBytesAreReadAsOftenAsWanted(@TempDir Path directory) throws Exception {
        byte[] bytes = random(300_000);
        run(() -> {
            try (SpillFile spill = SpillFile.in(directory)) {
                assertThat(directory).isEmptyDirectory();
                try (ByteSource early = spill.content()) {
                    assertThat(early.read(new byte[1], 0, 1)).isEqualTo(-1);
                    spill.write(ByteBuffer.wrap(bytes, 0, 100_000));
                    spill.write(ByteBuffer.allocateDirect(200_000)
                            .put(bytes, 100_000, 200_000)
                            .flip());
                    assertThat(spill.length()).isEqualTo(bytes.length);
                    assertThat(early.readAllBytes(bytes.length)).isEqualTo(bytes);
                }
                try (ByteSource again = spill.content()) {
                    assertThat(again.readAllBytes(bytes.length)).isEqualTo(bytes);
                }
            }
        });
    }
}
