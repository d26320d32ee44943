package dev.sluice.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.codec.CodecException;
import dev.sluice.session.CallFailedException.Problem;
import dev.sluice.session.CallFrame.Cancel;
import dev.sluice.session.CallFrame.Failure;
import dev.sluice.session.CallFrame.Goodbye;
import dev.sluice.session.CallFrame.Hello;
import dev.sluice.session.CallFrame.Ping;
import dev.sluice.session.CallFrame.Pong;
import dev.sluice.session.CallFrame.Reply;
import dev.sluice.session.CallFrame.Request;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes of the frames of calls: those of `docs/wire.md`, and others.
class CallFrameTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final CallFrame.Wire WIRE = new CallFrame.Wire();

    private static byte[] hex(String text) {
        return HEX.parseHex(text.replace(" ", ""));
    }

    private static Content content(String text) {
        return new Content.Bytes(hex(text));
    }

    private static final List<CallFrame> EXAMPLES = List.of(
            new Hello(new SessionConfig.Speech(1, 3, Set.of("resume")), 256),
            new Request(1, 2_000_000_000, "add", content("a1676e756d62657273820102")),
            new Reply(1, content("03")),
            new Failure(1, Problem.REFUSED, "sold-out", "no coffee left"),
            new Cancel(1, "gone"),
            new Ping(7),
            new Pong(7),
            new Goodbye(1, "idle"));

    /// The examples of `docs/wire.md`.
    private static final List<String> BYTES = List.of(
            "01 534c554943450001 00000001 00000003 00000100 01 06 726573756d65",
            "02 0000000000000001 0000000077359400 03 616464 a1676e756d62657273820102",
            "03 0000000000000001 03",
            "04 0000000000000001 01 08 736f6c642d6f7574 6e6f20636f66666565206c656674",
            "05 0000000000000001 676f6e65",
            "06 0000000000000007",
            "07 0000000000000007",
            "08 0000000000000001 69646c65");

    @Test
    void theBytesAreThoseOfTheSpecification() {
        for (int i = 0; i < EXAMPLES.size(); i++) {
            CallFrame frame = EXAMPLES.get(i);
            byte[] bytes = hex(BYTES.get(i));
            assertThat(HEX.formatHex(WIRE.encode(frame))).isEqualTo(HEX.formatHex(bytes));
            CallFrame parsed = WIRE.decode(bytes);
            assertThat(parsed.getClass()).isEqualTo(frame.getClass());
            assertThat(WIRE.encode(parsed)).isEqualTo(bytes);
        }
    }

    @Test
    void aHelloMayGrow() {
        byte[] bytes = hex(BYTES.getFirst() + " ffff");
        assertThat(WIRE.decode(bytes)).isEqualTo(EXAMPLES.getFirst());
    }

    @Test
    void aProblemOfANewerPeerIsAFailure() {
        assertThat(WIRE.decode(hex("04 0000000000000001 63 00"))).isEqualTo(new Failure(1, Problem.FAILED, "", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "06",
                "06 00000000000000",
                "06 0000000000000007 00",
                "00 0000000000000007",
                "09 0000000000000007",
                "ff 0000000000000007",
                "01 534c554943450002 00000001 00000003 00000100 00",
                "01 534c554943450001 00000001 00000003 00000100",
                "01 534c554943450001 00000003 00000001 00000100 00",
                "01 534c554943450001 00000001 00000003 00000000 00",
                "01 534c554943450001 00000001 00000003 ffffffff 00",
                "01 534c554943450001 00000001 00000003 00000100 02 0161",
                "01 534c554943450001 00000001 00000003 00000100 01 00",
                "02 0000000000000001 ffffffffffffffff 03 616464",
                "02 0000000000000001 0000000000000000",
                "02 0000000000000001 0000000000000000 04 616464",
                "02 0000000000000001 0000000000000000 01 ff",
                "04 0000000000000001",
                "04 0000000000000001 01",
                "05 0000000000000001 ff"
            })
    void whatIsNoFrameIsRefused(String text) {
        assertThatThrownBy(() -> WIRE.decode(hex(text)))
                .isInstanceOfSatisfying(
                        CodecException.class,
                        failure -> assertThat(failure.problem())
                                .isIn(CodecException.Problem.MALFORMED, CodecException.Problem.UNEXPECTED));
    }

    @ParameterizedTest
    @CsvSource({"x, 1000, 1000", "x, 5000, 1000", "é, 600, 1000", "€, 600, 999", "😀, 300, 1000"})
    void longTextsAreCutBetweenCharacters(String character, int times, int bytes) {
        String text = character.repeat(times);
        byte[] frame = WIRE.encode(new Cancel(1, text));
        assertThat(frame).hasSize(9 + bytes);
        assertThat(text).startsWith(((Cancel) WIRE.decode(frame)).why());
    }

    @Test
    void changedBytesAreAFrameOrRefused() {
        long seed = Long.getLong("sluice.seed", 11);
        var random = new SplittableRandom(seed);
        int accepted = 0;
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = hex(BYTES.get(random.nextInt(BYTES.size())));
            bytes = Arrays.copyOf(bytes, Math.max(0, bytes.length + random.nextInt(-6, 7)));
            for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                WIRE.encode(WIRE.decode(bytes));
                accepted++;
            } catch (CodecException refused) {
                assertThat(refused)
                        .as("seed=" + seed + " bytes=" + HEX.formatHex(bytes))
                        .hasMessageContaining("expected");
            }
        }
        assertThat(accepted).isBetween(5_000, 45_000);
    }
}
