package dev.sluice.bench.map;

import dev.sluice.bench.Metric;
import dev.sluice.bench.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// The ways to run a tool and to measure it. One tool runs at a time.
final class Runs implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Path directory;

    Runs() throws IOException {
        directory = Files.createTempDirectory("sluice-bench-map");
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /// A file of that many lines: what the tools read.
    Path items(int count) throws IOException {
        Path file = directory.resolve("items-" + count);
        if (!Files.exists(file)) {
            Files.write(
                    file,
                    () -> IntStream.range(0, count)
                            .<CharSequence>mapToObj(item -> "item " + item)
                            .iterator());
        }
        return file;
    }

    /// Every item reaches the command, once and whole.
    void check(Tool tool) throws IOException, InterruptedException {
        Path items = items(1000);
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(tool.running("echo"))
                .redirectInput(items.toFile())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        succeed(tool, process);
        List<String> expected = Files.readAllLines(items).stream().sorted().toList();
        List<String> actual = Files.readAllLines(output).stream().sorted().toList();
        if (!actual.equals(expected)) {
            throw new IOException("check " + tool.name() + ": echo of 1000 items printed " + actual.size()
                    + " lines, expected each item once");
        }
    }

    /// The rate, and what a job costs in all processes together.
    Map<Metric, Double> rate(Tool tool, int count) throws IOException, InterruptedException {
        Path items = items(count);
        Usage before = Usage.ofChildren();
        Process process = new ProcessBuilder(tool.running("true"))
                .redirectInput(items.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        succeed(tool, process);
        Usage used = Usage.ofChildren().since(before);
        return Map.of(Metric.JOBS, count * 1e9 / used.wallNanos(), Metric.JOB_CPU, used.userNanos() / 1e6 / count);
    }

    /// From the start to the first byte that a job printed.
    Map<Metric, Double> firstOutput(Tool tool) throws IOException, InterruptedException {
        Path items = items(100);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(tool.running("echo"))
                .redirectInput(items.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream output = process.getInputStream()) {
            if (output.read() < 0) {
                throw new IOException("first output of " + tool.name() + ": none, expected that of 100 jobs");
            }
            double millis = (System.nanoTime() - start) / 1e6;
            output.transferTo(OutputStream.nullOutputStream());
            succeed(tool, process);
            return Map.of(Metric.FIRST_OUTPUT, millis);
        }
    }

    /// The most memory that the tool itself has held at once, after some time with many items waiting.
    Map<Metric, Double> peak(Tool tool, int count, Duration time) throws IOException, InterruptedException {
        Path items = items(count);
        Process process = new ProcessBuilder(tool.running("true"))
                .redirectInput(items.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long end = System.nanoTime() + time.toNanos();
        double kibibytes = 0;
        do {
            kibibytes = Math.max(kibibytes, highWater(process.pid()));
        } while (System.nanoTime() < end && !process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        // It had not come far; nobody needs the rest.
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return Map.of(Metric.PEAK, kibibytes / 1024);
    }

    private static double highWater(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmHWM:")) {
                return Double.parseDouble(line.replaceAll("\\D", ""));
            }
        }
        return 0; // a zombie
    }

    private static void succeed(Tool tool, Process process) throws IOException, InterruptedException {
        boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        if (!ended || process.exitValue() != 0) {
            throw new IOException("run " + tool.name() + ": "
                    + (ended ? "exit=" + process.exitValue() : "not ended after " + LIMIT) + ", expected exit=0");
        }
    }
}
