package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/// A space of its own for each test of commands that use one: they run in this JVM where they print nothing, else as a
/// shell starts them.
@Timeout(180)
abstract class SpaceCli {
    static final int PIPE = 128 + 13;

    final String space = "shm:sluice-test-" + UUID.randomUUID();
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void remove() {
        started.forEach(Process::destroyForcibly);
        run("space", "rm", space, "--force");
    }

    final int run(String... arguments) {
        return Main.run(List.of(arguments), new PrintWriter(out), new PrintWriter(err));
    }

    final Process start(String... arguments) throws IOException {
        Process process = new ProcessBuilder(OwnJvm.words(arguments)).start();
        started.add(process);
        return process;
    }

    static int status(Process process) throws InterruptedException {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("it has ended").isTrue();
        return process.exitValue();
    }

    /// What it prints until it ends.
    static String text(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }
}
