package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.map.ProgramSearch.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramSearchTest {
    @TempDir
    Path directory;

    @Test
    void looksInEachDirectoryOfThePath() throws IOException {
        program("tool", true);
        assertThat(find("tool", "/nonexistent:" + directory)).isEqualTo(Found.YES);
        assertThat(find("tool", "/nonexistent")).isEqualTo(Found.NO);
    }

    @Test
    void aNameWithASlashIsItself() throws IOException {
        Path tool = program("tool", true);
        assertThat(find(tool.toString(), "/nonexistent")).isEqualTo(Found.YES);
        assertThat(find(tool + "x", directory.toString())).isEqualTo(Found.NO);
    }

    @Test
    void whatMayNotBeRunIsToldApart() throws IOException {
        program("text", false);
        Files.createDirectory(directory.resolve("sub"));
        assertThat(find("text", directory.toString())).isEqualTo(Found.NOT_EXECUTABLE);
        assertThat(find("sub", directory.toString())).isEqualTo(Found.NOT_EXECUTABLE);
        assertThat(find("text", directory + ":" + program("other/text", true).getParent()))
                .isEqualTo(Found.YES);
    }

    @Test
    void withoutAPathTheSystemsIsUsed() {
        assertThat(find("sh", null)).isEqualTo(Found.YES);
    }

    @Test
    void noNameIsNotFound() {
        assertThat(find("", directory.toString())).isEqualTo(Found.NO);
    }

    @Test
    void aNameThatIsNoTextIsLeftToTheStart() {
        assertThat(ProgramSearch.find(new byte[] {(byte) 0xff}, "/bin")).isEqualTo(Found.YES);
    }

    private static Found find(String name, @Nullable String path) {
        return ProgramSearch.find(name.getBytes(UTF_8), path);
    }

    private Path program(String name, boolean executable) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n");
        assertThat(file.toFile().setExecutable(executable, false)).isTrue();
        return file;
    }
}
