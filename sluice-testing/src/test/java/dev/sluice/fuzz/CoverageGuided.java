package dev.sluice.fuzz;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.process.Command;
import dev.sluice.process.Exit;
import dev.sluice.process.Output;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Jazzer mutates what has reached new branches of a parser, in a JVM of its own for each parser.
///
/// It needs the profile `stress`, which brings Jazzer; [FuzzTest] repeats in every build what was kept of its runs,
/// see [Seeds]. `-Dsluice.fuzz.seconds=N` is the time for each. What it leaves is in `target/fuzz/PARSER`: a log, the
/// inputs
/// that reach different branches, from which the next run goes on, and one that was not read or refused, if it has
/// found
/// one.
class CoverageGuided {
    private static final int SECONDS = Integer.getInteger("sluice.fuzz.seconds", 10);

    /// Where mistakes of parsers are. The loops below have branches that depend on time.
    private static final String SEEN = Stream.of("codec", "io", "layer", "net", "session", "websocket", "fuzz")
            .map(name -> "dev.sluice." + name + ".**")
            .reduce((one, other) -> one + ":" + other)
            .orElseThrow();

    private static final List<String> JVM = List.of(
            "-ea",
            "-Xmx512m",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+EnableDynamicAgentLoading", // Jazzer attaches itself
            "--sun-misc-unsafe-memory-access=allow", // and counts the branches by Unsafe
            "-Djdk.trackAllThreads=false");

    @ParameterizedTest
    @EnumSource
    void whateverReachesOtherBranchesIsReadOrRefused(Parser parser) throws Exception {
        Path directory = directory(parser.name());
        Path corpus = Files.createDirectories(directory.resolve("corpus"));
        Sluice.run(() -> {
            int number = 0;
            for (byte[] seed : Seeds.of(parser)) {
                Files.write(corpus.resolve("seed-" + number++), seed);
            }
        });
        Exit exit = fuzz(directory, "FuzzTarget", "--target_args=" + parser, "corpus");
        assertThat(exit)
                .as("keep the input that %s says in Seeds: %s", directory, findings(directory))
                .isEqualTo(new Exit.Exited(0));
    }

    @Test
    void aMistakeBehindManyBranchesIsFound() throws Exception {
        Path directory = directory("BROKEN");
        Exit exit = fuzz(directory, "FuzzTarget$Broken");
        assertThat(findings(directory)).contains("java.lang.IllegalStateException: the mistake");
        assertThat(exit).isNotEqualTo(new Exit.Exited(0));
    }

    private static Path directory(String name) throws IOException {
        return Files.createDirectories(Path.of("target", "fuzz", name).toAbsolutePath());
    }

    private static Exit fuzz(Path directory, String target, String... more) throws Exception {
        List<String> words = new ArrayList<>(JVM);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer"));
        words.addAll(List.of(
                "--target_class=dev.sluice.fuzz." + target,
                "--instrumentation_includes=" + SEEN,
                "--custom_hook_includes=" + SEEN,
                "-max_total_time=" + SECONDS,
                "-max_len=4096",
                "-timeout=60"));
        words.addAll(List.of(more));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Command jazzer = Command.of(java.toString(), words.toArray(String[]::new))
                .directory(directory)
                .stdout(Output.file(directory.resolve("log")))
                .stderr(Output.merged());
        Exit[] exit = new Exit[1];
        Sluice.run(() -> Deadline.after(ofSeconds(SECONDS).plus(ofMinutes(10)))
                .named("Jazzer")
                .run(() -> exit[0] = jazzer.run().exit()));
        return exit[0];
    }

    /// What the log says of what went wrong.
    private static String findings(Path directory) throws IOException {
        try (Stream<String> lines = Files.lines(directory.resolve("log"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> !line.startsWith("#") && !line.startsWith("INFO"))
                    .limit(60)
                    .reduce("", (one, other) -> one + "\n" + other);
        }
    }
}
