package dev.sluice.internal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A JVM of its own for what a test must not do to the JVM of the tests: take signals, exit, be the first to
/// use something. What it prints, on either stream, is read line by line.
public final class Jvm implements AutoCloseable {
    private static final String END = "<end of output>";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();
    private final Thread reader;

    private Jvm(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().name("jvm-output").start(this::read);
    }

    /// Starts a main class with the flags that loops need, or without the one that the fallback does without.
    public static Jvm start(Class<?> main, String... arguments) throws IOException {
        return start(List.of(), main, arguments);
    }

    public static Jvm start(List<String> flags, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        // Who runs tests in the background of a shell ignores SIGINT, and so would the JVM that inherits it.
        command.addAll(List.of("env", "--default-signal=INT,TERM,HUP,PIPE"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-ea", "--enable-native-access=ALL-UNNAMED", "-Djdk.trackAllThreads=false"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // most live for a moment
        if (!TestLoops.FALLBACK) {
            command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        }
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new Jvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void read() {
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException failed) {
            lines.add(failed.toString());
        }
        lines.add(END);
    }

    /// Waits for a line that contains `part`.
    public String awaitLine(String part) throws InterruptedException {
        while (true) {
            String line = next();
            if (line.contains(part)) {
                return line;
            }
            assertThat(line)
                    .as("expected a line with '%s' in the output%n%s", part, String.join("\n", seen))
                    .isNotEqualTo(END);
        }
    }

    /// Waits for the end and returns the exit status: 128 + n for the signal n.
    public int awaitExit() throws InterruptedException {
        for (String line = next(); !line.equals(END); line = next()) {}
        assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return process.exitValue();
    }

    /// Everything that was printed, as far as it was waited for.
    public List<String> output() {
        return List.copyOf(seen);
    }

    private String next() throws InterruptedException {
        @Nullable String line = lines.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(line)
                .as("the JVM says nothing more after%n%s", String.join("\n", seen))
                .isNotNull();
        seen.add(line);
        return line;
    }

    public void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).as("kill -%s", name).isZero();
        kill.getInputStream().close();
        kill.getErrorStream().close();
        kill.getOutputStream().close();
    }

    /// Tells the JVM to go on, by a line on its standard input.
    public void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            reader.join();
            process.getOutputStream().close();
            process.getErrorStream().close();
        } catch (IOException closed) {
            assertThat(process.isAlive()).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
