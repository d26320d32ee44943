package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How runs are ended from outside, and that nothing is left of them.
@Timeout(600)
class MapSignalsTest {
    @TempDir
    Path directory;

    private final String nonce = "4" + System.nanoTime();

    @Test
    void interruptEndsEveryChildAndSaysWhatWasDone() throws IOException {
        Process process = startSleepers("sleep " + nonce);
        Cli.signal(process, "INT");
        Cli.Result result = Cli.finish(process, new byte[0]);
        assertThat(result.status()).isEqualTo(130);
        assertThat(result.errors()).containsExactly("sluice map: SIGINT: 1 item done, 2 ended early");
        assertThat(Cli.processesWith(nonce)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "HUP, 129"})
    void terminationDoesTheSame(String signal, int status) throws IOException {
        Process process = startSleepers("sleep " + nonce);
        Cli.signal(process, signal);
        Cli.Result result = Cli.finish(process, new byte[0]);
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.errors()).containsExactly("sluice map: SIG" + signal + ": 1 item done, 2 ended early");
        assertThat(Cli.processesWith(nonce)).isEmpty();
    }

    @Test
    void grandchildrenEndToo() throws IOException {
        Process process = startSleepers("sh -c 'sleep " + nonce + "; :' & sleep " + nonce);
        Cli.until("all four sleep", () -> Cli.processesWith("sleep\0" + nonce).size() == 4);
        Cli.signal(process, "INT");
        assertThat(Cli.finish(process, new byte[0]).status()).isEqualTo(130);
        assertThat(Cli.processesWith(nonce)).isEmpty();
    }

    @Test
    void whatIgnoresTermIsKilledAfterAGrace() throws IOException {
        Process process = startSleepers("trap '' TERM INT; while :; do sleep 0.1; : " + nonce + "; done");
        Cli.signal(process, "INT");
        assertThat(Cli.finish(process, new byte[0]).status()).isEqualTo(130);
        assertThat(Cli.processesWith(nonce)).isEmpty();
    }

    @Test
    void aSecondInterruptEndsAtOnceAndLeavesNothing() throws IOException {
        Process process = startSleepers("trap '' TERM INT; : > t$0; while :; do sleep 0.1; : " + nonce + "; done");
        Cli.until(
                "both have begun",
                () -> Files.exists(directory.resolve("t1")) && Files.exists(directory.resolve("t2")));
        Cli.signal(process, "INT");
        Cli.signal(process, "INT");
        assertThat(Cli.finish(process, new byte[0]).status()).isEqualTo(130);
        Cli.until("nothing is left", () -> Cli.processesWith(nonce).isEmpty());
    }

    @Test
    void killOfTheParentLeavesNoProcess() throws IOException {
        Process process = startSleepers("sleep " + nonce + " & trap '' TERM INT HUP; while :; do sleep 0.1; done");
        Cli.signal(process, "KILL");
        assertThat(Cli.finish(process, new byte[0]).status()).isEqualTo(137);
        Cli.until("nothing is left", () -> Cli.processesWith(nonce).isEmpty());
    }

    @Test
    void interruptWhileNothingRunsEndsTheWaitForInput() throws IOException {
        Process process = new Cli().start("-j2", "echo");
        process.getOutputStream().write("a\n".getBytes(UTF_8));
        process.getOutputStream().flush();
        BufferedReader lines = process.inputReader(UTF_8);
        assertThat(lines.readLine()).isEqualTo("a");
        Cli.signal(process, "INT");
        assertThat(Cli.await(process)).isEqualTo(130);
    }

    @Test
    void aReaderThatGoesAwayEndsTheRunQuietly() throws IOException {
        String script = "case $0 in 1) echo 1;; 2) until [ -e closed ]; do sleep 0.01; done; echo 2;;"
                + " *) exec sleep " + nonce + ";; esac";
        for (String order : List.of("--jobs=3", "--unordered")) {
            Process process = new Cli().in(directory).start("-j3", order, "sh", "-c", script);
            process.getOutputStream().write(Cli.numbers(20).getBytes(UTF_8));
            process.getOutputStream().flush();
            try (BufferedReader lines = process.inputReader(UTF_8)) {
                assertThat(lines.readLine()).isEqualTo("1");
            }
            Cli.until(
                    "another sleeps",
                    () -> !Cli.processesWith("sleep\0" + nonce).isEmpty());
            Path closed = Files.createFile(directory.resolve("closed"));
            // The next line finds nobody; input is still open.
            String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
            assertThat(Cli.await(process)).isEqualTo(141);
            assertThat(errors).isEmpty();
            assertThat(Cli.processesWith(nonce)).isEmpty();
            Files.delete(closed);
        }
    }

    @Test
    void endlessInputIntoHeadEnds() throws IOException {
        String map = String.join(
                " ",
                new Cli()
                        .builder("-j2", "echo").command().stream()
                                .map(word -> "'" + word + "'")
                                .toList());
        Process process =
                new ProcessBuilder("bash", "-c", "yes | " + map + " | head -n 3; echo ${PIPESTATUS[@]}").start();
        Cli.Result result = Cli.finish(process, new byte[0]);
        assertThat(result.lines()).containsExactly("y", "y", "y", "141 141 0");
        assertThat(result.stderr()).isEmpty();
    }

    @Test
    void standardErrorThatGoesAwayEndsNothing() throws IOException {
        Process process = new Cli().start("-j1", "sh", "-c", "echo err >&2; echo $0");
        process.getErrorStream().close();
        Cli.Result result = Cli.finish(process, Cli.numbers(10).getBytes(UTF_8));
        assertThat(result.text()).isEqualTo(Cli.numbers(10));
        assertThat(result.status()).isZero();
    }

    @Test
    void outputThatCannotBeWrittenIsOneLine() throws IOException {
        var builder =
                new Cli().builder("echo").redirectOutput(Path.of("/dev/full").toFile());
        Cli.Result result = Cli.finish(builder.start(), "a\n".getBytes(UTF_8));
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors())
                .singleElement()
                .asString()
                .contains("write stdout")
                .containsIgnoringCase("space");
    }

    @Test
    void inputThatCannotBeReadIsOneLine() throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" < .", "sh"));
        command.addAll(new Cli().builder("echo").command());
        Cli.Result result = Cli.finish(
                new ProcessBuilder(command).directory(directory.toFile()).start(), new byte[0]);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors())
                .singleElement()
                .asString()
                .contains("read stdin")
                .containsIgnoringCase("directory");
    }

    /// A run of three items: the first is over, the two others have begun.
    private Process startSleepers(String script) throws IOException {
        Process process = new Cli().in(directory).start("-j2", "sh", "-c", "[ $0 = 0 ] && exit; : > b$0; " + script);
        process.getOutputStream().write("0\n1\n2\n".getBytes(UTF_8));
        process.getOutputStream().flush();
        Cli.until("both run", () -> Files.exists(directory.resolve("b1")) && Files.exists(directory.resolve("b2")));
        Cli.until("their commands", () -> Cli.processesWith(nonce).size() >= 3);
        return process;
    }
}
