package dev.sluice.cli.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillFileTest {
    @TempDir
    Path directory;

    @Test
    void blocksKeepWhatIsWrittenAndAreGivenOutOnce() throws IOException {
        try (var file = new SpillFile(directory, 10L * SpillFile.BLOCK)) {
            for (int i = 0; i < 10; i++) {
                assertThat(file.allocate()).isEqualTo(i);
                file.write(i, filled(i), SpillFile.BLOCK - i);
            }
            assertThat(file.allocate()).as("the limit").isEqualTo(-1);
            for (int i = 9; i >= 0; i--) {
                byte[] read = new byte[SpillFile.BLOCK];
                file.read(i, read, SpillFile.BLOCK - i);
                assertThat(read)
                        .isEqualTo(Arrays.copyOf(Arrays.copyOf(filled(i), SpillFile.BLOCK - i), SpillFile.BLOCK));
            }
            file.free(4);
            assertThat(file.used()).isEqualTo(9);
            assertThat(file.allocate()).isEqualTo(4);
        }
    }

    @Test
    void itHasNoNameAndIsMadeWhenItIsNeeded() throws IOException {
        Path missing = directory.resolve("missing");
        new SpillFile(missing, 0).close();
        try (var file = new SpillFile(directory, SpillFile.BLOCK)) {
            file.write(file.allocate(), new byte[1], 1);
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsNamedWithTheCure() {
        Path missing = directory.resolve("missing");
        try (var file = new SpillFile(missing, SpillFile.BLOCK)) {
            assertThatThrownBy(() -> file.write(file.allocate(), new byte[1], 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(missing.toString())
                    .hasMessageContaining("TMPDIR");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[SpillFile.BLOCK];
        Arrays.fill(bytes, (byte) (value + 1));
        return bytes;
    }
}
