package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentTemplateTest {
    @Test
    void withoutAHoleTheItemGoesToTheEnd() {
        assertThat(fill("x", "echo", "-n")).containsExactly("echo", "-n", "x");
    }

    @Test
    void theItemReplacesEveryHole() {
        assertThat(fill("x", "mv", "{}", "new/{}.bak", "{}{}")).containsExactly("mv", "x", "new/x.bak", "xx");
    }

    @Test
    void aHoleInTheProgramIsFilledToo() {
        assertThat(fill("ls", "/bin/{}", "-l")).containsExactly("/bin/ls", "-l");
        assertThat(template("/bin/{}").programVaries()).isTrue();
        assertThat(template("echo", "{}").programVaries()).isFalse();
    }

    @Test
    void bracesThatAreNoHoleStay() {
        assertThat(fill("x", "echo", "{", "}", "{ }", "{{}}", "{}}"))
                .containsExactly("echo", "{", "}", "{ }", "{x}", "x}");
    }

    @Test
    void aHoleInTheItemIsNotFilledAgain() {
        assertThat(fill("{}", "echo", "a{}b", "{}")).containsExactly("echo", "a{}b", "{}");
    }

    @Test
    void anEmptyItemIsAnEmptyArgument() {
        assertThat(fill("", "echo")).containsExactly("echo", "");
        assertThat(fill("", "echo", "a{}")).containsExactly("echo", "a");
    }

    @Test
    void bytesPassUnchanged() {
        byte[] item = {'-', (byte) 0xff, '\n', '\'', '"', '$'};
        List<byte[]> filled = template("echo", "<{}>").fill(item);
        assertThat(filled.get(1)).isEqualTo(new byte[] {'<', '-', (byte) 0xff, '\n', '\'', '"', '$', '>'});
    }

    private static ArgumentTemplate template(String... command) {
        return ArgumentTemplate.of(
                Arrays.stream(command).map(s -> s.getBytes(UTF_8)).toList());
    }

    private static List<String> fill(String item, String... command) {
        return template(command).fill(item.getBytes(UTF_8)).stream()
                .map(b -> new String(b, UTF_8))
                .toList();
    }
}
