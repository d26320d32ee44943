package dev.sluice.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A module that requires ours, compiled and run with nothing else on its path.
class ModulePathTest {
    private static final String CORE = Project.core().toString();
    private static final String MAIN = """
            package hello;

            class Main {
                static void main() {
                    dev.sluice.Sluice.run(() -> IO.println(dev.sluice.loop.Loop.current().confined()));
                }
            }
            """;

    @TempDir
    Path directory;

    @BeforeEach
    void compile() throws Exception {
        Path module = Files.writeString(directory.resolve("module-info.java"), "module hello { requires dev.sluice; }");
        Path main = Files.writeString(directory.resolve("Main.java"), MAIN);
        assertThat(run("javac", "-d", directory + "/out", "-p", CORE, module.toString(), main.toString()))
                .isEmpty();
    }

    @Test
    void theFlagsOfTheGuideConfineIt() throws Exception {
        assertThat(hello("--add-opens=java.base/java.lang=dev.sluice", "--enable-native-access=dev.sluice"))
                .isEqualTo("true\n");
    }

    @Test
    void withoutThemTheWarningNamesTheFlagForThisModule() throws Exception {
        assertThat(hello("--enable-native-access=dev.sluice"))
                .contains("Start the JVM with --add-opens java.base/java.lang=dev.sluice\n")
                .endsWith("false\n");
    }

    private String hello(String... flags) throws Exception {
        List<String> words = new ArrayList<>(List.of(flags));
        words.addAll(List.of("-p", directory + "/out:" + CORE, "-m", "hello/hello.Main"));
        return run("java", words.toArray(String[]::new));
    }

    private String run(String tool, String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
        words.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("%s ends", words)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }
}
