package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bad usage of `sluice map`: status 2 and one line, which says what would have been right.
class MapUsageTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(List.of(arguments), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "map                          | missing COMMAND",
                "map -j2                      | missing COMMAND",
                "map --unorderd echo          | did you mean --unordered?",
                "map --job-log x echo         | did you mean --joblog?",
                "map --retry 3 echo           | did you mean --retries?",
                "map -j 0 echo                | -j 0: expected 1 or more",
                "map -j -1 echo               | -j -1: expected 1 or more",
                "map -j many echo             | -j 'many', expected a number",
                "map -j 1000000 echo          | ulimit -n",
                "map --retries -1 echo        | --retries -1: expected 0 or more",
                "map --timeout 5min echo      | expected a duration like 500ms, 2s, 1.5m or 1h",
                "map --timeout 0 echo         | expected more than 0",
                "map --halt later echo        | expected one of never, soon, now",
                "map --progress maybe echo    | expected one of auto, always, never",
                "map --resume echo            | --resume: expected --joblog FILE",
                "map --joblog                 | --joblog: expected --joblog FILE",
                "map --joblog= echo           | --joblog '', expected a name",
                "map --results= echo          | --results '', expected a name",
                "map -j 99999999999999 echo   | -j 2147483647: expected 1..",
                "map -j                       | -j: expected -j N",
                "map --resume=yes echo        | --resume=yes: expected no value",
                "map -x echo                  | unknown option: '-x'",
                "map -jobs 4 echo             | -j 'obs', expected a number",
                "map -verbose echo            | unknown option: '-verbose'",
            })
    void isRefusedWithWhatWouldBeRight(String arguments, String expected) {
        assertThat(run(arguments.strip().split(" +", -1))).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("sluice map: ")
                .contains(expected.strip())
                .endsWith("(see sluice map --help)");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anEmptyCommandIsRefused() {
        assertThat(run("map", "")).isEqualTo(2);
        assertThat(err.toString()).startsWith("sluice map: COMMAND is empty, expected the name of a program");
    }

    @Test
    void helpTellsEveryOptionWithExamplesAndStatus() {
        assertThat(run("map", "--help")).isZero();
        assertThat(out.toString())
                .startsWith("Usage: INPUT | sluice map [OPTIONS] [--] COMMAND [ARG {} ...]")
                .contains("Exit status:", "127", "141", "Examples:");
        assertThat(out.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-j4 -0 --help",
                "-0j4 --help",
                "-j=4 --jobs=4 --jobs 4 -P 4 --help",
                "-j 9 --unordered --retries 3 --timeout 5s --halt soon --joblog l --resume --results r --help",
                "--halt NOW --progress Always -h",
                "--help -- --no-such-option",
                "--help echo --no-such-option",
            })
    void goodUsageIsTaken(String arguments) {
        String[] words = ("map " + arguments).split(" ", -1);
        assertThat(run(words)).as(err.toString()).isZero();
    }

    @Test
    void theMainHelpNamesTheCommand() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("map", "Runs a command for each line of the input");
    }
}
