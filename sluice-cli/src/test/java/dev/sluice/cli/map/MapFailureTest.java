package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What failures of items do: summary, status, retries, time-outs, halts.
@Timeout(600)
class MapFailureTest {
    @TempDir
    Path directory;

    @Test
    void failuresAreListedByItemAndReasonAndTheOthersRun() {
        String script = "case $0 in code) exit 3;; signal) kill -9 $$;; esac; echo $0";
        Cli.Result result = new Cli().map("a\ncode\nsignal\nb\n", "-j2", "sh", "-c", script);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.lines()).containsExactly("a", "b");
        assertThat(result.errors())
                .containsExactly(
                        "sluice map: 2 of 4 items failed:",
                        "  item 2 'code': exit code 3",
                        "  item 3 'signal': signal SIGKILL");
    }

    @Test
    void aLongListOfFailuresIsCutWithACount() {
        Cli.Result result = new Cli().map(Cli.numbers(50), "-j4", "false");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors()).hasSize(22);
        assertThat(result.errors().getFirst()).isEqualTo("sluice map: 50 of 50 items failed:");
        assertThat(result.errors().getLast()).isEqualTo("  and 30 more: 30 exit code 1");
    }

    @Test
    void outputOfAFailedItemIsShown() {
        Cli.Result result = new Cli().map("a\n", "sh", "-c", "echo out; echo err >&2; exit 1");
        assertThat(result.text()).isEqualTo("out\n");
        assertThat(result.errors()).startsWith("err");
    }

    @Test
    void anItemIsRunAgainUntilItSucceeds() {
        // Fails twice: each attempt leaves a file.
        String script = "n=$(ls $0.* 2>/dev/null | wc -l); : > $0.$n; echo attempt $n; [ $n -ge 2 ]";
        Cli.Result result = new Cli().in(directory).map("a\nb\n", "-j2", "--retries", "2", "sh", "-c", script);
        assertThat(result.status()).isZero();
        assertThat(result.lines()).as("only the attempt that counts").containsExactly("attempt 2", "attempt 2");
        assertThat(result.stderr()).isEmpty();
    }

    @Test
    void attemptsAreCountedAndTheLastOneIsShown() {
        String script = "n=$(ls $0.* 2>/dev/null | wc -l); : > $0.$n; echo out $n; echo err $n >&2; exit 4";
        Cli.Result result = new Cli().in(directory).map("a\n", "--retries", "3", "sh", "-c", script);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.text()).isEqualTo("out 3\n");
        assertThat(result.errors())
                .containsExactly(
                        "err 3",
                        "sluice map: 1 of 1 item failed (3 retries):",
                        "  item 1 'a': exit code 4 (4 attempts)");
    }

    @Test
    void anAttemptThatTakesTooLongIsEndedWithAllItStarted() {
        String nonce = "31" + System.nanoTime();
        String script = "echo begun; sleep " + nonce + " & sleep " + nonce + "; echo never";
        Cli.Result result = new Cli().map("a\n", "--timeout", "300ms", "sh", "-c", script);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.text()).as("what it had printed").isEqualTo("begun\n");
        assertThat(result.stderr()).contains("item 1 'a': timed out after 300 ms");
        assertThat(Cli.processesWith(nonce)).isEmpty();
    }

    @Test
    void aProgramThatIgnoresTermIsKilled() {
        String script = "trap '' TERM; echo begun; while :; do sleep 0.1; done";
        Cli.Result result = new Cli().map("a\nb\n", "-j2", "--timeout", "200ms", "sh", "-c", script);
        assertThat(result.lines()).containsExactly("begun", "begun");
        assertThat(result.stderr()).contains("2 of 2 items failed");
    }

    @Test
    void whatAProgramPrintsOnTermIsShown() {
        String script = "trap 'echo cleaned; exit 0' TERM; echo begun; while :; do sleep 0.05; done";
        Cli.Result result = new Cli().map("a\n", "--timeout", "300ms", "sh", "-c", script);
        assertThat(result.lines()).containsExactly("begun", "cleaned");
        assertThat(result.stderr()).contains("timed out");
    }

    @Test
    void whoLeavesTheGroupWithTheOutputIsCutOff() {
        String nonce = "32" + System.nanoTime();
        String script = "setsid sleep " + nonce + " & echo begun; sleep 1000";
        try {
            Cli.Result result = new Cli().map("a\n", "--timeout", "300ms", "sh", "-c", script);
            assertThat(result.text()).isEqualTo("begun\n");
            assertThat(result.stderr()).contains("timed out");
        } finally {
            Cli.processesWith(nonce).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        }
    }

    @Test
    void whatIsInTimeIsNotTouched() {
        Cli.Result result = new Cli().map(Cli.numbers(20), "-j4", "--timeout", "1m", "echo");
        assertThat(result.status()).isZero();
        assertThat(result.text()).isEqualTo(Cli.numbers(20));
    }

    @Test
    void aTimedOutAttemptIsRetried() {
        String script = "[ -e $0 ] && exit 0; : > $0; sleep 1000";
        Cli.Result result =
                new Cli().in(directory).map("a\n", "--timeout", "500ms", "--retries", "1", "sh", "-c", script);
        assertThat(result.stderr()).isEmpty();
        assertThat(result.status()).isZero();
    }

    @Test
    void haltSoonStartsNoMore() throws IOException {
        String script = ": > $0; [ $0 != 3 ]";
        Cli.Result result = new Cli().in(directory).map(Cli.numbers(1000), "-j1", "--halt", "soon", "sh", "-c", script);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors())
                .containsExactly(
                        "sluice map: 1 of 3 items failed:",
                        "  item 3 '3': exit code 1",
                        "halted after the first failure (--halt soon); what was left did not start");
        assertThat(files()).containsExactly("1", "2", "3");
    }

    @Test
    void haltSoonLetsTheOthersEnd() {
        // The second fails while the first runs; the first goes on when that has happened.
        String script = "case $0 in 1) until [ -e failed ]; do sleep 0.01; done; sleep 0.2; echo done;;"
                + " *) : > failed; exit 1;; esac";
        Cli.Result result = new Cli().in(directory).map("1\n2\n", "-j2", "--halt", "soon", "sh", "-c", script);
        assertThat(result.text()).isEqualTo("done\n");
        assertThat(result.errors().getFirst()).isEqualTo("sluice map: 1 of 2 items failed:");
    }

    @Test
    void haltSoonDoesNotWaitForMoreInput() throws IOException {
        Process process = new Cli().start("-j2", "--halt", "soon", "false");
        process.getOutputStream().write("a\n".getBytes(UTF_8));
        process.getOutputStream().flush();
        assertThat(Cli.await(process)).isEqualTo(1);
    }

    @Test
    void haltNowEndsTheOthers() {
        String nonce = "33" + System.nanoTime();
        String script = "case $0 in 1) : > begun; echo begun; sleep " + nonce + ";;"
                + " *) until [ -e begun ]; do sleep 0.01; done; sleep 0.2; exit 1;; esac";
        Cli.Result result = new Cli().in(directory).map("1\n2\n3\n", "-j2", "--halt", "now", "sh", "-c", script);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors())
                .containsExactly(
                        "sluice map: 1 of 2 items failed:",
                        "  item 2 '2': exit code 1",
                        "halted after the first failure (--halt now), 1 ended early; what was left did not start");
        assertThat(Cli.processesWith(nonce)).isEmpty();
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
