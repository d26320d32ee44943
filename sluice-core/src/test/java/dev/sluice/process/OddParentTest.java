package dev.sluice.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Children of a JVM that its own parent has started in an unusual way.
@Tag("once") // about what a program inherits before its first coroutine
class OddParentTest {
    @ParameterizedTest
    @CsvSource({
        "trap '' CHLD; exec \"$@\" > out, 0",
        "trap '' PIPE INT TERM; exec \"$@\" > out, 0",
        "trap '' HUP; exec \"$@\" > out, 1",
        "exec \"$@\" > out <&-, 0",
        "exec \"$@\" > out <&- 2>&-, 0",
    })
    void isAsGoodAsAnyOther(String start, long ignored, @TempDir Path directory) throws Exception {
        for (Backend backend : List.of(Backend.IO_URING, Backend.EPOLL)) {
            List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", start, "sh"));
            words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            words.addAll(List.of(
                    "-ea", "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
            if (!TestLoops.FALLBACK) {
                words.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
            }
            words.addAll(List.of("-cp", System.getProperty("java.class.path")));
            words.addAll(List.of(ParentProgram.class.getName(), "odd", backend.name()));
            Process shell = new ProcessBuilder(words)
                    .directory(directory.toFile())
                    .redirectError(directory.resolve("err").toFile())
                    .start();
            shell.getOutputStream().close();
            int code = shell.waitFor();
            assertThat(code)
                    .as("%s", Files.readString(directory.resolve("err")))
                    .isZero();
            List<String> lines = Files.readAllLines(directory.resolve("out"));
            assertThat(lines.subList(1, lines.size()))
                    .containsExactly(
                            "exit code 7",
                            "fed",
                            "exit code 0, stdout=0 bytes, stderr=0 bytes",
                            "SigIgn:\t%016x".formatted(ignored | Procs.ignoredHere()),
                            "done");
        }
    }
}
