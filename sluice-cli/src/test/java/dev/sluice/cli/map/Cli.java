package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.OwnJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The command line in a JVM of its own, as the launcher starts it: with this JVM's class path and its flags.
///
/// A run without `--add-opens` (the fallback) tests that too.
final class Cli {
    private static final long PATIENCE_SECONDS = 120;
    private static final boolean FALLBACK = Boolean.getBoolean("sluice.fallback.expected");

    private final List<String> jvmFlags = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private @Nullable Path directory;

    /// What a run gave.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Result(int status, byte[] stdout, String stderr) {
        String text() {
            return new String(stdout, UTF_8);
        }

        List<String> lines() {
            return text().lines().toList();
        }

        List<String> errors() {
            return stderr.lines().toList();
        }
    }

    Cli jvm(String... flags) {
        jvmFlags.addAll(List.of(flags));
        return this;
    }

    Cli variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Cli in(Path where) {
        directory = where;
        return this;
    }

    /// Runs `sluice map` with arguments to its end.
    Result map(String input, String... arguments) {
        return map(input.getBytes(UTF_8), arguments);
    }

    Result map(byte[] input, String... arguments) {
        try {
            return finish(start(arguments), input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts `sluice map`; the caller has its streams and ends it.
    Process start(String... arguments) throws IOException {
        return builder(arguments).start();
    }

    ProcessBuilder builder(String... arguments) {
        List<String> command = OwnJvm.words(!FALLBACK, jvmFlags);
        command.addAll(List.of("dev.sluice.cli.Main", "map"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        return builder;
    }

    /// Feeds a started process and waits for its end.
    static Result finish(Process process, byte[] input) throws IOException {
        Thread feeder = Thread.ofPlatform().daemon().start(() -> feed(process, input));
        var stderr = new ByteArrayOutputStream();
        Thread errors = Thread.ofPlatform().daemon().start(() -> drain(process.getErrorStream(), stderr));
        var stdout = new ByteArrayOutputStream();
        drain(process.getInputStream(), stdout);
        join(errors);
        int status = await(process);
        join(feeder);
        return new Result(status, stdout.toByteArray(), stderr.toString(UTF_8));
    }

    /// Waits for the end of a process, and kills one that does not end.
    static int await(Process process) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "process " + process.pid() + " has not ended within " + PATIENCE_SECONDS + " s");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void feed(Process process, byte[] input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // The command need not read all of its input.
        }
    }

    private static void drain(InputStream from, ByteArrayOutputStream into) {
        try {
            from.transferTo(into);
        } catch (IOException e) {
            // A test may close it.
        }
    }

    /// Waits for a condition.
    static void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /// Sends a signal: `INT`, `KILL` …
    static void signal(Process process, String name) {
        try {
            // `env` becomes the JVM: it has the same process id.
            await(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The processes that have a word in their command line.
    static List<Long> processesWith(String word) {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.filter(entry -> entry.getFileName().toString().matches("\\d+"))
                    .filter(entry -> commandLine(entry).contains(word))
                    .map(entry -> Long.valueOf(entry.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String commandLine(Path entry) {
        try {
            return Files.readString(entry.resolve("cmdline"), ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended meanwhile
        }
    }

    /// The numbers from 1 to `last`, a line each.
    static String numbers(int last) {
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= last; i++) {
            lines.append(i).append('\n');
        }
        return lines.toString();
    }
}
