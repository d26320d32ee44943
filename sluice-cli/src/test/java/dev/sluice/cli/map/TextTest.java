package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void plainTextStandsInQuotes() {
        assertThat(Text.quoted("naïve 文".getBytes(UTF_8), 20)).isEqualTo("'naïve 文'");
    }

    @Test
    void noControlCharacterReachesTheTerminal() {
        assertThat(Text.quoted("a\n\t\r\u001b[31m'\u0000\u0085\u202e".getBytes(UTF_8), 40))
                .isEqualTo("'a\\n\\t\\r\\x1b[31m\\'\\x00\\x85\\x202e'");
    }

    @Test
    void bytesThatAreNoTextAreReplaced() {
        assertThat(Text.quoted(new byte[] {'a', (byte) 0xff, 'b'}, 40)).isEqualTo("'a\uFFFDb'");
    }

    @Test
    void longTextIsCut() {
        assertThat(Text.quoted("abcdef".getBytes(UTF_8), 6)).isEqualTo("'abcdef'");
        assertThat(Text.quoted("abcdefg".getBytes(UTF_8), 6)).isEqualTo("'abcdef…'");
        assertThat(Text.quoted("文".repeat(1000).getBytes(UTF_8), 3)).isEqualTo("'文文文…'");
        assertThat(Text.quoted("\u0001".repeat(1000).getBytes(UTF_8), 2)).isEqualTo("'\\x01\\x01…'");
    }
}
