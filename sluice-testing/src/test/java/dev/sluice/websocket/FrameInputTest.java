package dev.sluice.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.websocket.FrameInput.BrokenException;
import dev.sluice.websocket.FrameInput.Event;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Frames from the bytes of the specification, in pieces of any size, and bytes that are none.
class FrameInputTest {
    private static ByteBuffer hex(String text) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(text.replace(" ", "")));
    }

    private static List<Event> events(FrameInput input, ByteBuffer bytes) throws BrokenException {
        List<Event> events = new ArrayList<>();
        for (Event event; (event = input.next(bytes)) != null; ) {
            events.add(event);
        }
        return events;
    }

    /// The examples of RFC 6455, 5.7.
    @ParameterizedTest
    @CsvSource({
        "false, 81 05 48 65 6c 6c 6f",
        "true, 81 85 37 fa 21 3d 7f 9f 4d 51 58",
        "false, 01 03 48 65 6c 80 02 6c 6f",
        "false, 01 03 48 65 6c 89 00 80 02 6c 6f",
    })
    void theExamplesOfTheSpecificationAreRead(boolean masked, String frames) throws Exception {
        List<Event> events = events(new FrameInput(masked, 1_000), hex(frames));
        assertThat(events.getLast()).isEqualTo(new Event.Came(new Message.Text("Hello")));
        assertThat(Frame.of(Frame.TEXT, "Hello".getBytes(StandardCharsets.UTF_8), 0x37fa213d))
                .isEqualTo(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
    }

    @ParameterizedTest
    @CsvSource({
        "1002, c1 00", // a reserved bit
        "1002, 83 00", // an opcode that nobody knows
        "1002, 80 00", // a continuation of nothing
        "1002, 01 00 01 00", // a message inside of a message
        "1002, 09 00", // a ping in pieces
        "1002, 89 7e 00 7e", // a ping of 126 bytes
        "1002, 81 7e 00 05", // a length in more bytes than it needs
        "1002, 81 7f 00 00 00 00 00 00 ff ff",
        "1002, 81 85 37 fa 21 3d", // a mask, from a server
        "1002, 88 01 00", // half a code
        "1002, 88 02 03 ed", // 1005, which nobody says
        "1002, 88 02 13 88", // 5000
        "1007, 81 02 c3 28", // text that is not UTF-8
        "1007, 88 04 03 e8 c3 28",
        "1009, 82 7e 03 e9", // 1001 bytes
        "1009, 82 7f 7f ff ff ff ff ff ff ff",
        "1002, 82 7f ff ff ff ff ff ff ff ff", // a negative length
        "1009, 02 01 00 80 7e 03 e8", // 1001 bytes in pieces
    })
    void whatBreaksTheRulesIsFound(int code, String frames) {
        ByteBuffer bytes = hex(frames);
        assertThatThrownBy(() -> events(new FrameInput(false, 1_000), bytes))
                .isInstanceOfSatisfying(
                        BrokenException.class,
                        broken ->
                                assertThat(broken.code).as(broken.getMessage()).isEqualTo(code));
    }

    @Test
    void itDoesNotMatterHowTheBytesAreCut() throws Exception {
        var random = new SplittableRandom(31);
        for (int round = 0; round < 300; round++) {
            var stream = new ByteArrayOutputStream();
            List<Event> expected = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                byte[] content = new byte[random.nextInt(random.nextBoolean() ? 200 : 70_000)];
                random.nextBytes(content);
                int mask = random.nextInt() | 1;
                boolean ping = content.length < 126 && random.nextBoolean();
                stream.writeBytes(bytes(Frame.of(ping ? Frame.PING : Frame.BINARY, content, mask)));
                if (!ping) {
                    expected.add(new Event.Came(new Message.Binary(content)));
                }
            }
            byte[] all = stream.toByteArray();
            var input = new FrameInput(true, 70_000);
            List<Event> came = new ArrayList<>();
            ByteBuffer bytes = ByteBuffer.allocate(16_384);
            for (int at = 0; at < all.length; ) {
                int count = Math.min(1 + random.nextInt(random.nextBoolean() ? 3 : 5_000), all.length - at);
                count = Math.min(count, bytes.remaining());
                bytes.put(all, at, count).flip();
                at += count;
                events(input, bytes).stream()
                        .filter(Event.Came.class::isInstance)
                        .forEach(came::add);
                bytes.compact();
            }
            assertThat(came).isEqualTo(expected);
        }
    }

    private static byte[] bytes(ByteBuffer frame) {
        byte[] all = new byte[frame.remaining()];
        frame.get(all);
        return all;
    }

    @Test
    void randomBytesAreFramesOrBreakARule() {
        var random = new SplittableRandom(32);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length && random.nextInt(3) > 0; i += 2) {
                bytes[i] = (byte) (bytes[i] & 0x8f);
            }
            var input = new FrameInput(random.nextBoolean(), 10_000);
            try {
                assertThat(events(input, ByteBuffer.wrap(bytes))).hasSizeLessThan(60);
            } catch (BrokenException broken) {
                assertThat(broken.code).isIn(1002, 1007, 1009);
            }
        }
    }
}
