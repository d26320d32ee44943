package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobLogTest {
    @TempDir
    Path directory;

    @Test
    void aLineHasTheColumnsOfGnuParallel() {
        var record = new JobRecord(
                item(7, "x"),
                command("echo", "a b"),
                Instant.ofEpochMilli(1_795_370_567_018L),
                3_499_999,
                5,
                new Ending.Exited(3));
        assertThat(text(JobLog.line(record))).isEqualTo("7\t:\t1795370567.018\t     0.003\t0\t5\t3\t0\techo 'a b'\n");
    }

    @Test
    void longRunTimesKeepTheirDigits() {
        var record = new JobRecord(
                item(7, "x"), command("a"), Instant.ofEpochMilli(5), 12_345_678_901_500_000L, 0, new Ending.Exited(0));
        assertThat(text(JobLog.line(record))).isEqualTo("7\t:\t0.005\t12345678.902\t0\t0\t0\t0\ta\n");
    }

    @Test
    void signalsAndWhatWeEndedAreTold() {
        assertThat(exitAndSignal(new Ending.Signalled(9, "SIGKILL"))).isEqualTo("0\t9");
        assertThat(exitAndSignal(new Ending.TimedOut(Duration.ofSeconds(1)))).isEqualTo("-1\t15");
        assertThat(exitAndSignal(new Ending.Halted())).isEqualTo("-1\t15");
        assertThat(exitAndSignal(new Ending.NotStarted(Ending.NOT_FOUND, "gone")))
                .isEqualTo("127\t0");
    }

    @Test
    void theCommandIsQuotedForAShellOnOneLine() {
        List<byte[]> command = command("printf", "%s", "it's", "", "a\nb", "$x", "plain-1.0/x");
        assertThat(text(JobLog.command(command))).isEqualTo("printf %s 'it'\\''s' '' 'a\0b' '$x' plain-1.0/x");
    }

    @Test
    void itemsThatAreNoTextPassTheLogUnchanged() throws IOException {
        Path file = directory.resolve("log");
        List<byte[]> command = List.of(new byte[] {'a'}, new byte[] {(byte) 0xff, (byte) 0xc3});
        write(file, 1, command, Ending.Exited.SUCCESS);
        assertThat(LoggedItems.read(file).succeeded(item(1, ""), JobLog.command(command)))
                .isTrue();
        assertThat(Files.readAllBytes(file)).contains((byte) 0xff, (byte) 0xc3);
    }

    @Test
    void onlyWhatSucceededIsSkipped() throws IOException {
        Path file = directory.resolve("log");
        try (JobLog log = JobLog.create(file)) {
            log.write(record(3, command("x", "3"), Ending.Exited.SUCCESS));
            log.write(record(1, command("x", "1"), new Ending.Exited(1)));
            log.write(record(4, command("x", "4"), new Ending.Signalled(9, "SIGKILL")));
            log.write(record(5000, command("x", "5000"), Ending.Exited.SUCCESS));
        }
        LoggedItems items = LoggedItems.read(file);
        assertThat(succeeded(items, 1)).isFalse();
        assertThat(succeeded(items, 2)).isFalse();
        assertThat(succeeded(items, 3)).isTrue();
        assertThat(succeeded(items, 4)).isFalse();
        assertThat(succeeded(items, 5000)).isTrue();
        assertThat(succeeded(items, 5001)).isFalse();
    }

    @Test
    void theLastAttemptCounts() throws IOException {
        Path file = directory.resolve("log");
        write(file, 1, command("x", "1"), new Ending.Exited(1));
        try (JobLog log = JobLog.resume(file)) {
            log.write(record(1, command("x", "1"), Ending.Exited.SUCCESS));
            log.write(record(2, command("x", "2"), Ending.Exited.SUCCESS));
            log.write(record(2, command("x", "2"), new Ending.Exited(1)));
        }
        LoggedItems items = LoggedItems.read(file);
        assertThat(succeeded(items, 1)).isTrue();
        assertThat(succeeded(items, 2)).isFalse();
        assertThat(items.length()).isEqualTo(Files.size(file));
    }

    @Test
    void aLineThatWasNotWrittenWholeDoesNotCount() throws IOException {
        Path file = directory.resolve("log");
        write(file, 1, command("x", "1"), Ending.Exited.SUCCESS);
        long whole = Files.size(file);
        Files.writeString(file, "2\t:\t1.000\t 0.1\t0\t0\t0\t0\tx 2", StandardOpenOption.APPEND);
        LoggedItems items = LoggedItems.read(file);
        assertThat(items.length()).isEqualTo(whole);
        assertThat(succeeded(items, 1)).isTrue();
        assertThat(succeeded(items, 2)).isFalse();
    }

    @Test
    void anotherCommandUnderTheSameNumberIsRefused() throws IOException {
        Path file = directory.resolve("log");
        write(file, 7, command("wc", "old"), Ending.Exited.SUCCESS);
        LoggedItems items = LoggedItems.read(file);
        assertThatThrownBy(() -> items.succeeded(item(7, "new"), JobLog.command(command("wc", "new"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("resume item 7")
                .hasMessageContaining("'wc old'")
                .hasMessageContaining("'wc new'")
                .hasMessageContaining("expected the same input and the same command");
    }

    @Test
    void aFailedItemThatIsNowAnotherOneIsRefusedToo() throws IOException {
        Path file = directory.resolve("log");
        write(file, 7, command("wc", "old"), new Ending.Exited(1));
        LoggedItems items = LoggedItems.read(file);
        assertThatThrownBy(() -> items.succeeded(item(7, "new"), JobLog.command(command("wc", "new"))))
                .hasMessageContaining("resume item 7");
    }

    @Test
    void whatIsNoJoblogIsRefusedByItsLine() throws IOException {
        Path file = directory.resolve("log");
        Files.writeString(file, "hello\n");
        assertThatThrownBy(() -> LoggedItems.read(file)).hasMessageContaining("line 1: no joblog");
        Files.writeString(file, JobLog.HEADER + "\n1\t:\t0\n");
        assertThatThrownBy(() -> LoggedItems.read(file)).hasMessageContaining("line 2: expected 9 columns");
        Files.writeString(file, JobLog.HEADER + "\nx\t:\t0\t0\t0\t0\t0\t0\ta\n");
        assertThatThrownBy(() -> LoggedItems.read(file))
                .hasMessageContaining("line 2: column 1 is 'x', expected a number");
    }

    @Test
    void anEmptyFileIsALogWithoutItems() throws IOException {
        Path file = Files.createFile(directory.resolve("log"));
        assertThat(LoggedItems.read(file).isEmpty()).isTrue();
    }

    private static boolean succeeded(LoggedItems items, long seq) throws IOException {
        return items.succeeded(item(seq, String.valueOf(seq)), JobLog.command(command("x", String.valueOf(seq))));
    }

    private static void write(Path file, long seq, List<byte[]> command, Ending ending) throws IOException {
        try (JobLog log = JobLog.create(file)) {
            log.write(record(seq, command, ending));
        }
    }

    private static JobRecord record(long seq, List<byte[]> command, Ending ending) {
        return new JobRecord(item(seq, ""), command, Instant.ofEpochMilli(5), 5, 0, ending);
    }

    private static String exitAndSignal(Ending ending) {
        String[] columns = text(JobLog.line(record(1, command("x"), ending))).split("\t", -1);
        return columns[6] + "\t" + columns[7];
    }

    private static Item item(long seq, String text) {
        return new Item(seq, text.getBytes(UTF_8), false);
    }

    private static List<byte[]> command(String... words) {
        return Arrays.stream(words).map(word -> word.getBytes(UTF_8)).toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }
}
