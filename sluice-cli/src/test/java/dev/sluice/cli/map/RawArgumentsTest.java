package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RawArgumentsTest {
    @Test
    void plainArgumentsAreTakenAsTheyAre() {
        assertThat(text(RawArguments.last(List.of("echo", "{}")))).containsExactly("echo", "{}");
    }

    @Test
    void theLastWordsOfTheCommandLineReplaceWhatWasLost() {
        byte[] line = "java\0-jar\0x\0map\0echo\0a\u00ff\u00feb\0".getBytes(ISO_8859_1);
        List<byte[]> raw = RawArguments.last(List.of("echo", "a\uFFFD\uFFFDb"), line);
        assertThat(raw.get(0)).isEqualTo(new byte[] {'e', 'c', 'h', 'o'});
        assertThat(raw.get(1)).isEqualTo(new byte[] {'a', (byte) 0xff, (byte) 0xfe, 'b'});
    }

    @Test
    void emptyArgumentsCount() {
        byte[] line = "java\0map\0echo\0\0é\0".getBytes(UTF_8);
        assertThat(text(RawArguments.last(List.of("echo", "", "é"), line))).containsExactly("echo", "", "é");
    }

    @Test
    void aCommandLineOfSomebodyElseIsNotTaken() {
        byte[] line = "surefire\0one\0two\0".getBytes(UTF_8);
        assertThat(text(RawArguments.last(List.of("echo", "é"), line))).containsExactly("echo", "é");
        assertThat(text(RawArguments.last(List.of("a", "b", "c", "é"), line))).containsExactly("a", "b", "c", "é");
    }

    private static List<String> text(List<byte[]> words) {
        return words.stream().map(word -> new String(word, UTF_8)).toList();
    }
}
