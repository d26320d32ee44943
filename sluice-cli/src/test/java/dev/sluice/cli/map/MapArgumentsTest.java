package dev.sluice.cli.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What of an item reaches the program: everything.
@Timeout(600)
class MapArgumentsTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "",
                " spaces  at \t both ends ",
                "it's \"quoted\" `date` $(date) $HOME ${x} \\n \\",
                "-n",
                "--help",
                "--",
                "; rm -rf / & | > < * ? [a] {a,b} ~ ! #",
                "{}",
                "naïve 文字 🦆 e\u0301",
                "@file",
                "\r",
                "\u0001\u001b[31m\u007f",
            })
    void anItemArrivesIntact(String item) {
        // A program that prints its arguments, each behind it NUL.
        Cli.Result result = new Cli().map(item + "\n", "sh", "-c", "printf '%s\\0' \"$@\"", "sh", "{}", "<{}>");
        assertThat(result.text()).isEqualTo(item + "\0<" + item + ">\0");
        assertThat(result.status()).isZero();
    }

    @Test
    void bytesThatAreNoTextArriveIntact() {
        byte[] item = {'a', (byte) 0xff, (byte) 0xc3, (byte) 0x28, (byte) 0x80, 'z'};
        var input = new ByteArrayOutputStream();
        input.writeBytes(item);
        input.write('\n');
        assertThat(new Cli().map(input.toByteArray(), "printf", "%s").stdout()).isEqualTo(item);
    }

    @Test
    void withNulAsDelimiterAnItemMayHaveNewlines() {
        Cli.Result result = new Cli().map("a\nb\0\n\0c", "-0", "sh", "-c", "printf '%s\\0' \"$0\"");
        assertThat(result.text()).isEqualTo("a\nb\0\n\0c\0");
    }

    @Test
    void optionsBehindTheCommandAreTheCommands() {
        Cli.Result result = new Cli().map("x\n", "echo", "-j", "--unordered", "--", "--no-such-option");
        assertThat(result.text()).isEqualTo("-j --unordered -- --no-such-option x\n");
    }

    @Test
    void twoDashesEndTheOptions() {
        assertThat(new Cli().map("x\n", "-j1", "--", "echo", "-n").text()).isEqualTo("x");
    }

    @Test
    void theProgramMayDependOnTheItem() {
        Cli.Result result = new Cli().map("echo\nprintf\n", "/usr/bin/{}", "hi");
        assertThat(result.text()).isEqualTo("hi\nhi");
    }

    @Test
    void argumentsThatAreNoTextArriveIntact() throws Exception {
        // A shell makes the argument: this JVM could not.
        String java =
                String.join(" ", quoted(new Cli().builder("printf", "%s-{}").command()));
        String script = "printf 'x\\n' | " + java.replace("'%s-{}'", "\"$(printf '\\377\\302')%s-{}\"");
        Process process = new ProcessBuilder("sh", "-c", script).start();
        Cli.Result result = Cli.finish(process, new byte[0]);
        assertThat(result.stdout()).isEqualTo(new byte[] {(byte) 0xff, (byte) 0xc2, '-', 'x'});
    }

    private static List<String> quoted(List<String> words) {
        return words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .toList();
    }

    @Test
    void anItemWithNulIsToldAndTheOthersRun() {
        Cli.Result result = new Cli().map("a\nb\0c\nd\n", "echo");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.lines()).containsExactly("a", "d");
        assertThat(result.stderr())
                .contains("item 2 'b\\x00c': could not start: the item has a NUL")
                .contains("-0?");
    }

    @Test
    void anItemLongerThanAnyArgumentIsToldAndTheOthersRun() {
        Cli.Result result = new Cli().map("a\n" + "x".repeat(200_000) + "\nd\n", "echo");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.lines()).containsExactly("a", "d");
        assertThat(result.stderr())
                .contains("item 2 'xxxxx")
                .contains("…': could not start: ")
                .containsIgnoringCase("argument list too long");
    }

    @Test
    void aLineWithoutEndIsNotHeldInMemory() {
        byte[] input = new byte[80_000_000];
        Arrays.fill(input, (byte) 'x');
        input[input.length - 5] = '\n';
        Cli.Result result = new Cli().jvm("-Xmx32m").map(input, "echo");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.lines()).containsExactly("xxxx");
        assertThat(result.stderr()).contains("item 1 'xxxx").contains("longer than 2097152 bytes");
    }

    @Test
    void aCommandThatIsNotThereIsToldOnceBeforeAnythingRuns() {
        Cli.Result result = new Cli().variable("PATH", "/usr/bin:/bin").map("a\nb\n", "no-such-command", "x");
        assertThat(result.status()).isEqualTo(127);
        assertThat(result.errors())
                .containsExactly("sluice map: command not found: no-such-command in PATH=/usr/bin:/bin");
    }

    @Test
    void aWholeShellLineIsExplained() {
        for (String line : List.of("wc -l {}", "wc -l")) {
            Cli.Result result = new Cli().map("a\n", line);
            assertThat(result.status()).isEqualTo(127);
            assertThat(result.errors())
                    .singleElement()
                    .asString()
                    .contains("no shell splits it")
                    .contains("sh -c");
        }
    }

    @Test
    void aCommandThatCannotBeRunIsToldOnce() {
        Cli.Result result = new Cli().map("a\nb\n", "/etc/passwd");
        assertThat(result.status()).isEqualTo(126);
        assertThat(result.errors()).containsExactly("sluice map: cannot run /etc/passwd: no executable file");
    }

    @Test
    void aProgramOfAnItemThatIsNotThereFailsThatItem() {
        Cli.Result result = new Cli().map("echo\nno-such\n", "/usr/bin/{}", "hi");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.text()).isEqualTo("hi\n");
        assertThat(result.stderr()).contains("item 2 'no-such': could not start: command not found");
    }

    @Test
    void aScriptWhoseInterpreterIsMissingIsNotCalledMissing(@TempDir Path directory) throws IOException {
        Path script = Files.writeString(directory.resolve("script"), "#!/no/such/interpreter\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Cli.Result result = new Cli().map("a\n", script.toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.stderr())
                .contains("item 1 'a': could not start: its interpreter was not found, see its line #!");
    }

    @Test
    void standardInputOfTheCommandsIsEmpty() {
        assertThat(new Cli().map("a\nb\nc\n", "-j1", "sh", "-c", "cat; echo $0").lines())
                .containsExactly("a", "b", "c");
    }
}
