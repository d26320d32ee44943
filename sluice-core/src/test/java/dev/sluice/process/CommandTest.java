package dev.sluice.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {
    @Test
    void limitsAreCheckedBeforeAnythingRuns() {
        Command command = Command.of("true");
        assertThatThrownBy(() -> command.output(-1)).hasMessage("output limit of true: -1, expected 0 or more");
        assertThatThrownBy(() -> command.grace(Duration.ofSeconds(-1)))
                .hasMessage("grace of true: -1 s, expected zero or more");
    }

    @Test
    void pathsThatNoProgramKnowsAreRefusedAtOnce(@TempDir Path directory) throws Exception {
        try (FileSystem archive = FileSystems.newFileSystem(directory.resolve("a.zip"), Map.of("create", "true"))) {
            Path inside = archive.getPath("/");
            List<ThrowingCallable> uses = List.of(
                    () -> Command.of("true").directory(inside),
                    () -> Input.file(inside),
                    () -> Output.file(inside),
                    () -> Output.appended(inside));
            for (ThrowingCallable use : uses) {
                assertThatThrownBy(use)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("a.zip")
                        .hasMessageContaining("expected the default file system");
            }
        }
    }
}
