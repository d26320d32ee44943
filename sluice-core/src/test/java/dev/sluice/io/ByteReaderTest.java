package dev.sluice.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every test gives the bytes in pieces of one size, one byte at a time too.
class ByteReaderTest {
    private static ByteSource source(String text, int piece) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        return new ByteSource() {
            @Override
            public int read(ByteBuffer into) {
                int count = Math.min(Math.min(piece, bytes.remaining()), into.remaining());
                if (count == 0) {
                    return bytes.hasRemaining() ? 0 : -1;
                }
                into.put(bytes.slice(bytes.position(), count));
                bytes.position(bytes.position() + count);
                return count;
            }

            @Override
            public void close() {}

            @Override
            public String toString() {
                return "text";
            }
        };
    }

    private static List<String> lines(ByteReader reader) throws IOException {
        var lines = new ArrayList<String>();
        for (Optional<String> line = reader.readLine(); line.isPresent(); line = reader.readLine()) {
            lines.add(line.get());
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1_000})
    void readsLines(int piece) throws IOException {
        String text = "first\nsecond ü\r\n\n\r\nlonger" + "x".repeat(2_000) + "\nlast";
        assertThat(lines(ByteReader.over(source(text, piece))))
                .containsExactly("first", "second ü", "", "", "longer" + "x".repeat(2_000), "last");
        assertThat(lines(ByteReader.over(source("one\n", piece)))).containsExactly("one");
        assertThat(lines(ByteReader.over(source("", piece)))).isEmpty();
        assertThat(lines(ByteReader.over(source("\r", piece)))).containsExactly("\r");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1_000})
    void readsPiecesAndLeavesTheRest(int piece) throws IOException {
        ByteReader reader = ByteReader.over(source("12345ab==c=d===rest", piece));
        assertThat(reader.readExactly(5)).asString().isEqualTo("12345");
        assertThat(reader.readExactly(0)).isEmpty();
        assertThat(reader.readUntil((byte) '=', (byte) '=')).asString().isEqualTo("ab==");
        assertThat(reader.readUntil((byte) '=', (byte) '=')).asString().isEqualTo("c=d==");
        assertThat(reader.readAllBytes(100)).asString().isEqualTo("=rest");
        assertThat(reader.readLine()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1_000})
    void anEndTooEarlyGivesWhatCame(int piece) throws IOException {
        ByteReader exactly = ByteReader.over(source("abc", piece));
        assertThatThrownBy(() -> exactly.readExactly(4))
                .isInstanceOfSatisfying(
                        IncompleteReadException.class,
                        early -> assertThat(early.partial()).asString().isEqualTo("abc"))
                .hasMessage("read exactly 4 bytes of text: the end came after 3 bytes");
        ByteReader until = ByteReader.over(source("abc", piece));
        assertThatThrownBy(() -> until.readUntil((byte) ';'))
                .isInstanceOf(IncompleteReadException.class)
                .hasMessage("read until of text: the end came after 3 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1_000})
    void whatIsTooLongIsRefusedAndStays(int piece) throws IOException {
        ByteReader reader = ByteReader.over(source("1234567\n12345678\n", piece), 8);
        assertThat(reader.readLine()).contains("1234567");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(reader::readLine)
                    .isInstanceOf(LimitExceededException.class)
                    .hasMessage("read line of text: more than limit=8 bytes");
        }
        assertThat(reader.readExactly(8)).asString().isEqualTo("12345678");
        assertThat(reader.readLine()).contains("");
        assertThatThrownBy(() -> reader.readExactly(9)).hasMessage("read exactly of text: count=9, expected 0..8");
        assertThatThrownBy(() -> ByteReader.over(source("", 1), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(reader::readUntil).isInstanceOf(IllegalArgumentException.class);
    }
}
