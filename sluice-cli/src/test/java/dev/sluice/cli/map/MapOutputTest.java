package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the outputs of real runs are. `-Dsluice.map.lines=100000` compares so many lines with xargs.
@Timeout(600)
class MapOutputTest {
    private static final int LINES = Integer.getInteger("sluice.map.lines", 1500);

    @TempDir
    Path directory;

    @Test
    void outputIsThatOfXargsByteForByteInTheOrderOfTheInput() throws IOException {
        String input = realLines();
        Cli.Result expected = xargs(input, "-P1", "-n1", "echo");
        assertThat(new Cli().map(input, "-j4", "echo").stdout()).isEqualTo(expected.stdout());
    }

    @Test
    void unorderedOutputHasTheSameLinesAsThatOfXargsInParallel() throws IOException {
        String input = realLines();
        Cli.Result expected = xargs(input, "-P4", "-n1", "echo");
        Cli.Result actual = new Cli().map(input, "-j4", "--unordered", "echo");
        assertThat(actual.status()).isZero();
        assertThat(actual.lines().stream().sorted())
                .isEqualTo(expected.lines().stream().sorted().toList());
    }

    @Test
    void outputsOfManyPiecesAreNeverMixed() {
        // Each item writes its lines one by one, while others do the same.
        String script = "i=0; while [ $i -lt 20 ]; do echo \"$0 $i\"; echo \"$0 e$i\" >&2; i=$((i+1)); done";
        for (String order : List.of("--unordered", "--jobs=8")) {
            Cli.Result result = new Cli().map(Cli.numbers(60), "-j8", order, "sh", "-c", script);
            assertThat(result.status()).isZero();
            assertUnmixed(result.lines(), "");
            assertUnmixed(result.errors(), "e");
        }
    }

    private static void assertUnmixed(List<String> lines, String prefix) {
        assertThat(lines).hasSize(60 * 20);
        for (int at = 0; at < lines.size(); at += 20) {
            String item = lines.get(at).substring(0, lines.get(at).indexOf(' '));
            for (int i = 0; i < 20; i++) {
                assertThat(lines.get(at + i)).isEqualTo(item + " " + prefix + i);
            }
        }
    }

    @Test
    void standardErrorIsInTheOrderOfTheInputToo() {
        Cli.Result result = new Cli().map("0.3\n0.2\n0.1\n0\n", "-j4", "sh", "-c", "sleep $0; echo $0; echo e$0 >&2");
        assertThat(result.lines()).containsExactly("0.3", "0.2", "0.1", "0");
        assertThat(result.errors()).containsExactly("e0.3", "e0.2", "e0.1", "e0");
    }

    @Test
    void theItemWhoseTurnItIsIsShownWhileItRuns() throws IOException {
        Path go = directory.resolve("go");
        String script = "echo begin $0; until [ -e " + go + " ]; do sleep 0.01; done; echo end $0";
        Process process = new Cli().start("-j2", "sh", "-c", script);
        feedAndLeaveOpen(process, "a\nb\n");
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("begin a");
            Files.createFile(go);
            assertThat(lines.readLine()).isEqualTo("end a");
            assertThat(lines.readLine()).isEqualTo("begin b");
            assertThat(lines.readLine()).isEqualTo("end b");
            process.getOutputStream().close();
            assertThat(Cli.await(process)).isZero();
        }
    }

    @Test
    void anItemRunsAsSoonAsItsLineIsThere() throws IOException {
        Process process = new Cli().start("echo");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (int i = 0; i < 5; i++) {
                feedAndLeaveOpen(process, "item " + i + "\n");
                assertThat(lines.readLine()).isEqualTo("item " + i);
            }
            process.getOutputStream().close();
            assertThat(Cli.await(process)).isZero();
        }
    }

    @Test
    void emptyInputIsNoItem() {
        Cli.Result result = new Cli().map("", "echo");
        assertThat(result.status()).isZero();
        assertThat(result.text()).isEmpty();
        assertThat(result.stderr()).isEmpty();
    }

    @Test
    void aMissingLastNewlineChangesNothing() {
        assertThat(new Cli().map("a\nb", "echo").text()).isEqualTo("a\nb\n");
    }

    @Test
    void outputWithoutANewlineStaysAsItIs() {
        assertThat(new Cli().map("a\nb\n", "printf", "%s").text()).isEqualTo("ab");
    }

    @Test
    void asManyRunAtOnceAsAskedFor() {
        // Each waits until all four have begun.
        String script = ": > $0; until [ $(ls | wc -l) -ge 4 ]; do sleep 0.01; done; echo $0";
        Cli.Result result = new Cli().in(directory).map("a\nb\nc\nd\n", "-j4", "sh", "-c", script);
        assertThat(result.lines()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void noMoreRunAtOnceThanAskedFor() {
        String script = "mkdir lock || echo two at once; sleep 0.05; rmdir lock";
        Cli.Result result = new Cli().in(directory).map(Cli.numbers(10), "-j1", "sh", "-c", script);
        assertThat(result.text()).isEmpty();
        assertThat(result.stderr()).isEmpty();
    }

    @Test
    void progressIsOnlyShownOnRequestWhenThereIsNoTerminal() {
        assertThat(new Cli().map(Cli.numbers(3), "true").stderr()).isEmpty();
        assertThat(new Cli().map(Cli.numbers(3), "--progress", "always", "true").errors())
                .last()
                .asString()
                .startsWith("sluice map: 100% 3/3 done, 0 running");
        assertThat(new Cli().map(Cli.numbers(3), "--progress", "never", "true").stderr())
                .isEmpty();
    }

    @Test
    void onATerminalTheProgressComesAndGoes() throws IOException {
        // script(1) gives it a terminal, and shows what that gets.
        List<String> words = new Cli().builder("-j1", "sleep").command();
        String map = words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Path input = Files.writeString(directory.resolve("input"), "0.6\n0.6\n");
        Process process = new ProcessBuilder("script", "-qec", map + " <" + input, "/dev/null").start();
        Cli.Result result = Cli.finish(process, new byte[0]);
        assertThat(result.text())
                .contains("\r\u001b[K\u001b[?7l0% 0/2 done, 1 running, 0/s \u001b[?7h")
                .containsPattern("50% 1/2 done, 1 running, \\d+\\.?\\d*/\\w+, \\d:\\d\\d left \u001b\\[\\?7h")
                .endsWith("\r\u001b[K");
        assertThat(result.status()).isZero();
    }

    @Test
    void whatStandardErrorHasNoRoomForIsDroppedAndTheStatusTellsIt() throws IOException {
        ProcessBuilder builder = new Cli().builder("sh", "-c", "echo $0; echo err >&2");
        builder.redirectError(Path.of("/dev/full").toFile());
        Cli.Result result = Cli.finish(builder.start(), Cli.numbers(20).getBytes(UTF_8));
        assertThat(result.text()).isEqualTo(Cli.numbers(20));
        assertThat(result.status()).isEqualTo(1);
    }

    /// Paths of files of this tree and of the JDK, repeated to the number that is wanted.
    private static String realLines() throws IOException {
        List<String> paths = new ArrayList<>();
        for (String root : List.of(System.getProperty("sluice.root", "."), System.getProperty("java.home"))) {
            try (Stream<Path> files = Files.walk(Path.of(root), 8)) {
                files.filter(path -> !path.toString().contains("/target/"))
                        .limit(LINES)
                        .forEach(path -> paths.add(path.toString()));
            }
        }
        // xargs would take quotes, backslashes and blanks apart.
        paths.removeIf(path -> !path.matches("[\\w./+-]+"));
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            lines.append(paths.get(i % paths.size()))
                    .append(i >= paths.size() ? "-" + i : "")
                    .append('\n');
        }
        return lines.toString();
    }

    private static Cli.Result xargs(String input, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("xargs"));
        command.addAll(List.of(arguments));
        return Cli.finish(new ProcessBuilder(command).start(), input.getBytes(UTF_8));
    }

    private static void feedAndLeaveOpen(Process process, String text) throws IOException {
        OutputStream stdin = process.getOutputStream();
        stdin.write(text.getBytes(UTF_8));
        stdin.flush();
    }
}
