package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script `sluice`, with a JVM that is a script too, in a tree where nothing has to be built.
class LauncherTest {
    @TempDir
    Path tree;

    @BeforeEach
    void plant() throws IOException {
        Files.copy(script(), tree.resolve("sluice"));
        program("bin/find-jdk", "echo '" + tree + "/jdk'");
        program("jdk/bin/java", """
                case $* in *AOTCacheOutput*) echo trained >&2;; esac
                cat >/dev/null 2>&1 || echo 'no input'
                echo started""");
        for (String source : List.of("pom.xml", "sluice-core/pom.xml", "sluice-cli/pom.xml", "jdk/release")) {
            file(source, "");
        }
        for (String folder : List.of("sluice-core/src/main", "sluice-cli/src/main", "home")) {
            Files.createDirectories(tree.resolve(folder));
        }
        String built = "sluice-cli/target/quick/";
        file(built + "lib/some.jar", "");
        file(built + "sluice-cli.jar", "");
        file(built + "sluice.stamp", "");
    }

    @Test
    void aClosedInputIsNotReplacedByAFileOfTheJvm() throws Exception {
        assertThat(run("./sluice map echo <&-")).isEqualTo("no input\nstarted\n");
        assertThat(run("echo item | ./sluice map echo")).isEqualTo("started\n");
    }

    @Test
    void closedOutputsStayUnusable() throws Exception {
        assertThat(run("./sluice map echo </dev/null >&-; echo status $?")).contains("status");
        assertThat(run("./sluice map echo </dev/null 2>&-")).isEqualTo("started\n");
    }

    @Test
    void withoutAHomeThereIsNoCache() throws Exception {
        assertThat(run("unset HOME XDG_CACHE_HOME; ./sluice map echo </dev/null 2>&1"))
                .isEqualTo("started\n");
        assertThat(run("HOME=$PWD/home; export HOME; unset XDG_CACHE_HOME; ./sluice map echo </dev/null 2>&1"))
                .contains("preparing the start-up cache");
        assertThat(tree.resolve("home/.cache/sluice")).isNotEmptyDirectory();
    }

    private static Path script() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(directory.resolve("sluice"))) {
            directory = directory.getParent();
        }
        return directory.resolve("sluice");
    }

    private void program(String name, String body) throws IOException {
        file(name, "#!/bin/sh\n" + body + "\n");
        assertThat(tree.resolve(name).toFile().setExecutable(true)).isTrue();
    }

    private void file(String name, String text) throws IOException {
        Path file = tree.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String run(String command) throws IOException, InterruptedException {
        Path output = tree.resolve("output");
        Process process = new ProcessBuilder("sh", "-c", command)
                .directory(tree.toFile())
                .redirectOutput(output.toFile())
                .redirectError(tree.resolve("errors").toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }
}
