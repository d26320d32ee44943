package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.io.ByteSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// What a terminal gets to see: `⌫` stands for the erasing of the progress line.
class OutputsTest {
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final ByteSink sink = sinkTo(screen);
    private final Outputs outputs = new Outputs(sink, sink, true);

    @Test
    void theProgressLineMakesRoomForOutput() throws IOException {
        outputs.draw("1 done");
        outputs.draw("2 done");
        write(Slot.STDOUT, "out\n");
        outputs.draw("3 done");
        write(Slot.STDERR, "err\n");
        outputs.draw("4 done");
        outputs.say("bye");
        assertThat(shown()).isEqualTo("⌫<1 done>⌫<2 done>⌫out\n⌫<3 done>⌫err\n⌫<4 done>⌫sluice map: bye\n");
    }

    @Test
    void itIsNotDrawnIntoSomebodysLine() throws IOException {
        write(Slot.STDOUT, "no newline yet");
        outputs.draw("1 done");
        write(Slot.STDOUT, " now\n");
        outputs.draw("2 done");
        assertThat(shown()).isEqualTo("no newline yet now\n⌫<2 done>");
    }

    @Test
    void whatWeSayBeginsOnALineOfItsOwn() throws IOException {
        write(Slot.STDERR, "no newline");
        outputs.say("failed");
        outputs.line("  why");
        assertThat(shown()).isEqualTo("no newline\nsluice map: failed\n  why\n");
    }

    @Test
    void itVanishesAtTheEnd() throws IOException {
        outputs.draw("1 done");
        outputs.erase();
        outputs.erase();
        assertThat(shown()).isEqualTo("⌫<1 done>⌫");
    }

    @Test
    void outputThatGoesElsewhereLeavesItAlone() throws IOException {
        var file = new ByteArrayOutputStream();
        var elsewhere = new Outputs(sinkTo(file), sink, false);
        elsewhere.draw("1 done");
        elsewhere.write(Slot.STDOUT, "out".getBytes(UTF_8), 3);
        elsewhere.draw("2 done");
        assertThat(shown()).isEqualTo("⌫<1 done>⌫<2 done>");
        assertThat(file.toString(UTF_8)).isEqualTo("out");
    }

    private static ByteSink sinkTo(ByteArrayOutputStream all) {
        return new ByteSink() {
            @Override
            public void write(ByteBuffer from) {
                byte[] bytes = new byte[from.remaining()];
                from.get(bytes);
                all.writeBytes(bytes);
            }

            @Override
            public void close() {}
        };
    }

    private void write(int stream, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        outputs.write(stream, bytes, bytes.length);
    }

    /// With signs for what erases the line, and for the beginning and the end of what a narrow terminal cuts off.
    private String shown() {
        return screen.toString(UTF_8)
                .replace("\r\u001b[K", "⌫")
                .replace("\u001b[?7l", "<")
                .replace(" \u001b[?7h", ">");
    }
}
