package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Joblog, resume and results of real runs.
@Timeout(600)
class MapRecordsTest {
    private static final Pattern LINE =
            Pattern.compile("(\\d+)\t:\t\\d{9,}\\.\\d{3}\t +\\d+\\.\\d{3}\t0\t(\\d+)\t(-?\\d+)\t(\\d+)\t(.*)");

    @TempDir
    Path directory;

    private Path log = Path.of("");

    @BeforeEach
    void name() {
        log = directory.resolve("log");
    }

    @Test
    void theJoblogTellsEachAttempt() throws IOException {
        String script = "echo $0; case $0 in b) exit 3;; c) kill -9 $$;; esac";
        Cli.Result result = map("a\nb\nc\n", "-j1", "--retries=1", "sh", "-c", script);
        assertThat(result.status()).isEqualTo(1);
        assertThat(Files.readAllLines(log).getFirst()).isEqualTo(JobLog.HEADER);
        assertThat(told()).containsExactly("1 2 0 0", "2 2 3 0", "2 2 3 0", "3 2 0 9", "3 2 0 9");
        assertThat(Files.readAllLines(log).get(1)).endsWith("\tsh -c '" + script + "' a");
    }

    @Test
    void resumeRunsWhatDidNotSucceed() throws IOException {
        String script = "echo $0; [ $0 != b ] || [ -e fixed ]";
        String[] arguments = {"-j2", "--resume", "sh", "-c", script};
        assertThat(map("a\nb\nc\n", arguments).lines()).containsExactly("a", "b", "c");
        Files.createFile(directory.resolve("fixed"));
        Cli.Result again = map("a\nb\nc\nd\n", arguments);
        assertThat(again.lines()).containsExactly("b", "d");
        assertThat(again.status()).isZero();
        Cli.Result third = map("a\nb\nc\nd\n", arguments);
        assertThat(third.text()).isEmpty();
        assertThat(third.status()).isZero();
    }

    @Test
    void withoutResumeTheJoblogBeginsAnew() throws IOException {
        map("a\nb\n", "echo");
        map("c\n", "echo");
        assertThat(told()).containsExactly("1 2 0 0");
    }

    @Test
    void resumeRefusesAnotherInput() {
        map("a\nb\n", "echo");
        Cli.Result result = map("a\nx\n", "--resume", "echo");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors())
                .singleElement()
                .asString()
                .startsWith("sluice map: resume item 2: the joblog " + log + " has 'echo b', but now it is 'echo x'");
    }

    @Test
    void resumeSaysThatTheInputHasBecomeShorter() {
        map("a\nb\nc\n", "echo");
        Cli.Result result = map("a\nb\n", "--resume", "echo");
        assertThat(result.errors().stream().filter(line -> line.startsWith("sluice map: ")))
                .containsExactly("sluice map: --resume: the joblog " + log
                        + " tells of item 3, but the input has only 2, expected the same input");
        assertThat(result.status()).isZero();
    }

    @Test
    void resumeRefusesWhatIsNoJoblog() throws IOException {
        Files.writeString(log, "precious\n");
        Cli.Result result = map("a\n", "--resume", "echo");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors()).singleElement().asString().contains("line 1: no joblog");
        assertThat(log).hasContent("precious\n");
    }

    @Test
    void aKillLosesOnlyWhatRuns() throws IOException {
        String input = Cli.numbers(2000);
        Process process = new Cli().in(directory).start("-j2", "--joblog", log.toString(), "echo");
        Thread.ofPlatform().daemon().start(() -> {
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(UTF_8));
            } catch (IOException e) {
                // It is killed while it reads.
            }
        });
        List<String> seen = new ArrayList<>();
        try (var lines = process.inputReader(UTF_8)) {
            while (seen.size() < 200) {
                seen.add(lines.readLine());
            }
            Cli.signal(process, "KILL");
            lines.lines().forEach(seen::add);
        }
        assertThat(Cli.await(process)).isEqualTo(128 + 9);
        int logged = told().size();
        // What is written and not logged, or just being written, is in flight: two jobs, and one item a writer
        // has.
        assertThat(logged).isBetween(seen.size() - 4, seen.size());
        Cli.Result rest = map(input, "-j2", "--resume", "echo");
        assertThat(rest.status()).isZero();
        assertThat(rest.lines())
                .isEqualTo(Cli.numbers(2000).lines().skip(logged).toList());
        assertThat(told()).hasSize(2000);
    }

    @Test
    void aLineThatWasNotWrittenWholeIsWrittenAgain() throws IOException {
        map("a\nb\n", "-j1", "echo");
        long size = Files.size(log);
        Files.writeString(log, "3\t:\t17", StandardOpenOption.APPEND);
        assertThat(map("a\nb\nc\n", "--resume", "echo").lines()).containsExactly("c");
        assertThat(Files.readString(log).substring((int) size)).matches("3\t:\t.*echo c\n");
    }

    @Test
    void outputThatWasNotShownIsNotLoggedAsDone() throws IOException {
        // The second item has ended long before its turn comes: killed then, its output would be lost.
        Process process = new Cli()
                .in(directory)
                .start(
                        "-j2",
                        "--joblog",
                        log.toString(),
                        "sh",
                        "-c",
                        "[ $0 = 1 ] && { : > begun; sleep 1000; }; echo $0; : > e$0");
        process.getOutputStream().write("1\n2\n3\n".getBytes(UTF_8));
        process.getOutputStream().flush();
        Cli.until("the others have ended", () -> Files.exists(directory.resolve("e3")));
        Cli.signal(process, "KILL");
        Cli.await(process);
        assertThat(told()).isEmpty();
    }

    @Test
    void whatHasNothingToShowIsLoggedAtOnce() throws IOException {
        Process process = new Cli()
                .in(directory)
                .start("-j2", "--joblog", log.toString(), "sh", "-c", "[ $0 = 1 ] && sleep 1000; true");
        process.getOutputStream().write("1\n2\n3\n".getBytes(UTF_8));
        process.getOutputStream().flush();
        Cli.until("both others are logged", () -> toldNow().equals(List.of("2 0 0 0", "3 0 0 0")));
        Cli.signal(process, "TERM");
        assertThat(Cli.await(process)).isEqualTo(143);
    }

    @Test
    void resultsAreKeptInFiles() throws IOException {
        Path results = directory.resolve("results");
        String script = "echo out $0; echo err $0 >&2; case $0 in b) exit 3;; c) kill -9 $$;; esac";
        Cli.Result result = new Cli().map("a\nb\nc\n", "-j2", "--results", results.toString(), "sh", "-c", script);
        assertThat(result.lines()).as("and shown").containsExactly("out a", "out b", "out c");
        assertThat(results.resolve("1/stdout")).hasContent("out a\n");
        assertThat(results.resolve("1/stderr")).hasContent("err a\n");
        assertThat(results.resolve("1/exit")).hasContent("0\n");
        assertThat(results.resolve("2/exit")).hasContent("3\n");
        assertThat(results.resolve("3/exit")).hasContent("137\n");
        assertThat(results.resolve("3/stdout")).hasContent("out c\n");
    }

    @Test
    void resultsOfAnotherRunAreReplaced() throws IOException {
        Path results = directory.resolve("results");
        new Cli().map("long text\n", "--results", results.toString(), "echo");
        new Cli().map("x\n", "--results", results.toString(), "echo");
        assertThat(results.resolve("1/stdout")).hasContent("x\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stdout", "stderr"})
    void aResultThatCannotBeWrittenEndsTheRunWithOneLine(String stream) throws IOException {
        Path results = directory.resolve("results");
        Files.createDirectories(results.resolve("1"));
        Files.createSymbolicLink(results.resolve("1").resolve(stream), Path.of("/dev/full"));
        String script = "echo out; echo err >&2; sleep 1000";
        Cli.Result result = new Cli().map("a\nb\n", "-j2", "--results", results.toString(), "sh", "-c", script);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors())
                .filteredOn(line -> !line.equals("err"))
                .singleElement()
                .asString()
                .containsIgnoringCase("no space left");
    }

    @Test
    void aJoblogThatCannotBeWrittenIsOneLine() {
        Cli.Result result =
                new Cli().map("a\n", "--joblog", directory.resolve("no/log").toString(), "echo");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors()).singleElement().asString().contains("open joblog", "no/log", "No such file");
    }

    @Test
    void whatHaltNowEndsHasAnExitOfMinusOne() throws IOException {
        String script =
                "echo a$0; if [ $0 = 2 ]; then until [ -s r/1/stdout ]; do :; done; exit 7; fi; exec sleep 100000";
        new Cli().in(directory).map("1\n2\n", "-j2", "--results", "r", "--halt", "now", "sh", "-c", script);
        assertThat(directory.resolve("r/1/stdout")).hasContent("a1");
        assertThat(directory.resolve("r/1/exit")).hasContent("-1");
        assertThat(directory.resolve("r/2/exit")).hasContent("7");
    }

    @Test
    void aResultThatAFileIsInTheWayOfIsOneLine() throws IOException {
        Path results = Files.createDirectory(directory.resolve("results"));
        Files.createFile(results.resolve("1"));
        Cli.Result result = new Cli().map("a\n", "--results", results.toString(), "echo");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors())
                .containsExactly(
                        "sluice map: write results " + results.resolve("1") + ": there is a file of this name");
    }

    private Cli.Result map(String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--joblog", log.toString()));
        all.addAll(List.of(arguments));
        return new Cli().in(directory).map(input, all.toArray(String[]::new));
    }

    /// Seq, Receive, Exitval and Signal of each line, in the order of the items.
    private List<String> told() throws IOException {
        return Files.readAllLines(log).stream()
                .skip(1)
                .map(line -> {
                    var matcher = LINE.matcher(line);
                    assertThat(matcher.matches()).as("%s", line).isTrue();
                    return matcher.group(1) + " " + matcher.group(2) + " " + matcher.group(3) + " " + matcher.group(4);
                })
                .sorted((a, b) -> Integer.compare(seq(a), seq(b)))
                .toList();
    }

    private List<String> toldNow() {
        try {
            return told();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static int seq(String told) {
        return Integer.parseInt(told.substring(0, told.indexOf(' ')));
    }
}
