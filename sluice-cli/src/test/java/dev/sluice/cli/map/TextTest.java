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
                .isEqualTo("'a\\n\\t\\r\\x1b[31m\\'\\x00\\u0085\\u202e'");
    }

    @Test
    void bytesThatAreNoTextShowAsTheyAre() {
        assertThat(Text.quoted(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe6, (byte) 0x96}, 40))
                .isEqualTo("'a\\xffb\\xe6\\x96'");
        assertThat(Text.quoted(new byte[] {(byte) 0xff, (byte) 0xfe, 'b'}, 2)).isEqualTo("'\\xff\\xfe…'");
    }

    @Test
    void itemsThatDifferLookDifferent() {
        assertThat(Text.quoted("\\xff".getBytes(UTF_8), 40)).isEqualTo("'\\\\xff'");
        assertThat(Text.quoted(new byte[] {(byte) 0x85}, 40)).isEqualTo("'\\x85'");
        assertThat(Text.quoted("😀".getBytes(UTF_8), 40)).isEqualTo("'😀'");
    }

    @Test
    void longTextIsCut() {
        assertThat(Text.quoted("abcdef".getBytes(UTF_8), 6)).isEqualTo("'abcdef'");
        assertThat(Text.quoted("abcdefg".getBytes(UTF_8), 6)).isEqualTo("'abcdef…'");
        assertThat(Text.quoted("文".repeat(1000).getBytes(UTF_8), 3)).isEqualTo("'文文文…'");
        assertThat(Text.quoted("\u0001".repeat(1000).getBytes(UTF_8), 2)).isEqualTo("'\\x01\\x01…'");
    }
}
