package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Memory stays what it is, whatever the sizes. The real ones: `-Dsluice.map.megabytes=1024
/// -Dsluice.map.items=1000000`.
@Timeout(3600)
class MapLimitsTest {
    private static final int MEGABYTES = Integer.getInteger("sluice.map.megabytes", 200);
    private static final int ITEMS = Integer.getInteger("sluice.map.items", 3000);
    private static final int MB = 1024 * 1024;
    private static final String SMALL_HEAP = "-Xmx64m";

    @TempDir
    Path directory;

    @Test
    void anItemThatPrintsMoreThanTheHeapIsSpilled() throws IOException {
        // The first waits until the second, the large one, has been read to its end.
        String script = "if [ $0 = 1 ]; then until [ -e done ]; do sleep 0.05; done; echo first;" + " else head -c "
                + MEGABYTES + "M /dev/zero; : > done; fi";
        Process process = new Cli()
                .jvm(SMALL_HEAP)
                .in(directory)
                .variable("TMPDIR", directory.toString())
                .start("-j2", "sh", "-c", script);
        process.getOutputStream().write("1\n2\n".getBytes(UTF_8));
        process.getOutputStream().close();
        try (InputStream out = process.getInputStream()) {
            assertThat(out.readNBytes(6)).isEqualTo("first\n".getBytes(UTF_8));
            assertThat(count(out)).isEqualTo((long) MEGABYTES * MB);
        }
        assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(Cli.await(process)).isZero();
        assertThat(directory).isDirectoryContaining("glob:**done").isDirectoryNotContaining("glob:**sluice*");
    }

    @Test
    void manyLargeItemsAreShownInOrder() throws IOException {
        String script = "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo $0";
        Process process = new Cli().jvm(SMALL_HEAP).start("-j4", "sh", "-c", script);
        process.getOutputStream().write(Cli.numbers(60).getBytes(UTF_8));
        process.getOutputStream().close();
        try (var lines = process.inputReader(UTF_8)) {
            for (int i = 1; i <= 60; i++) {
                assertThat(lines.readLine()).hasSize(1_000_000);
                assertThat(lines.readLine()).isEqualTo(String.valueOf(i));
            }
        }
        assertThat(Cli.await(process)).isZero();
    }

    @Test
    void aSlowReaderSlowsTheRunDown() throws IOException {
        // 40 MB each: nothing of it is read for as long as the window is not full, then all.
        Process process =
                new Cli().jvm(SMALL_HEAP).in(directory).start("-j2", "sh", "-c", ": > $0; head -c 40000000 /dev/zero");
        process.getOutputStream().write(Cli.numbers(10).getBytes(UTF_8));
        process.getOutputStream().close();
        Cli.until("the next have begun", () -> Files.exists(directory.resolve("3")));
        try (InputStream out = process.getInputStream()) {
            assertThat(count(out)).isEqualTo(400_000_000L);
        }
        assertThat(Cli.await(process)).isZero();
    }

    @Test
    void manyItemsAheadOfASlowOneWaitInBoundedMemory() throws IOException {
        // The first goes on when the others have ended, or stand still since the window is full.
        String script = "if [ $0 = 1 ]; then until [ -e go ]; do sleep 0.05; done; fi; echo $0";
        Process process = new Cli().jvm(SMALL_HEAP).in(directory).start("-j2", "sh", "-c", script);
        Thread.ofPlatform().daemon().start(() -> {
            try (var stdin = process.getOutputStream()) {
                stdin.write(Cli.numbers(ITEMS).getBytes(UTF_8));
                Files.createFile(directory.resolve("go"));
            } catch (IOException e) {
                process.destroyForcibly();
            }
        });
        try (var lines = process.inputReader(UTF_8)) {
            for (int i = 1; i <= ITEMS; i++) {
                assertThat(lines.readLine()).isEqualTo(String.valueOf(i));
            }
        }
        assertThat(Cli.await(process)).isZero();
    }

    @Test
    void asManyRunAtOnceAsMayHaveOpenFiles() throws IOException {
        String[] script = {"sh", "-c", "sleep 0.1; echo $0"};
        assertThat(withOpenFiles(128, "-j20", script).lines()).hasSize(60);
        Cli.Result refused = withOpenFiles(128, "-j21", script);
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.errors()).singleElement().asString().contains("-j 21: expected 1..20 ", "ulimit -n");
    }

    private static Cli.Result withOpenFiles(int limit, String option, String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + limit + "; exec \"$@\"", "sh"));
        words.addAll(new Cli()
                .builder(Stream.concat(Stream.of(option), Stream.of(command)).toArray(String[]::new))
                .command());
        return Cli.finish(new ProcessBuilder(words).start(), Cli.numbers(60).getBytes(UTF_8));
    }

    private static long count(InputStream in) throws IOException {
        byte[] buffer = new byte[MB];
        long sum = 0;
        for (int n; (n = in.read(buffer)) >= 0; sum += n) {
            assertThat(n).isPositive();
        }
        return sum;
    }
}
