package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.MALFORMED;
import static dev.sluice.codec.CodecException.Problem.NO_ROOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/// The plain codecs, and where bytes go.
class CodecTest {
    @Test
    void rawBytesAreCopied() {
        Codec<byte[]> raw = Codec.raw();
        byte[] bytes = {1, 2, 3};
        assertThat(raw.encode(bytes)).isEqualTo(bytes).isNotSameAs(bytes);
        assertThat(raw.decode(bytes)).isEqualTo(bytes).isNotSameAs(bytes);
        ByteBuffer middle = ByteBuffer.wrap(bytes, 1, 1);
        assertThat(raw.decode(middle)).containsExactly(2);
        assertThat(middle.remaining()).isZero();
    }

    @Test
    void utf8IsStrict() {
        Codec<String> utf8 = Codec.utf8();
        for (String text : new String[] {"", "a", "\u00fc\u20ac\ud800\udd51\ufffd", "\u00fc".repeat(100)}) {
            assertThat(utf8.decode(utf8.encode(text))).isEqualTo(text);
        }
        ByteBuffer broken = ByteBuffer.allocateDirect(3)
                .put(new byte[] {'a', 'b', (byte) 0xff})
                .flip();
        CodecException failure = catchThrowableOfType(CodecException.class, () -> utf8.decode(broken));
        assertThat(failure.problem()).isEqualTo(MALFORMED);
        assertThat(failure).hasMessage("decode utf-8: byte=2, found=0xff, expected text in valid UTF-8");
        assertThat(broken.position()).isZero();
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> utf8.encode("a\ud800"))
                .withMessage("encode utf-8: character 1=\\ud800, expected no half of a surrogate pair");
    }

    @Test
    void aGrowingOutputEndsAtItsLimit() {
        WireOutput out = WireOutput.growing(1, 5);
        out.put(new byte[] {1, 2, 3});
        out.put((byte) 4);
        out.put((byte) 5);
        CodecException failure = catchThrowableOfType(CodecException.class, () -> out.put((byte) 6));
        assertThat(failure.problem()).isEqualTo(NO_ROOM);
        assertThat(out.toByteArray()).containsExactly(1, 2, 3, 4, 5);
        out.position(1);
        out.put((byte) 9);
        assertThat(out.toByteArray()).containsExactly(1, 9);
        assertThatIllegalArgumentException().isThrownBy(() -> WireOutput.growing(0, 5));
    }

    @Test
    void roomForALengthCanBeLeft() {
        WireOutput out = WireOutput.growing(2, 100);
        out.position(4);
        Cbor.of(String.class).encode("abc", out);
        out.buffer().putInt(0, out.position() - 4);
        assertThat(out.toByteArray()).containsExactly(0, 0, 0, 4, 0x63, 'a', 'b', 'c');
    }

    @Test
    void aBufferCanBeReplacedByALargerOne() {
        WireOutput out = WireOutput.to(ByteBuffer.allocate(2), (full, needed) -> {
            ByteBuffer larger = ByteBuffer.allocateDirect(full.position() + needed);
            return larger.put(full.flip());
        });
        Cbor.of(long[].class).encode(new long[] {1, 1L << 40}, out);
        assertThat(out.toByteArray()).containsExactly(0x82, 1, 0x1b, 0, 0, 1, 0, 0, 0, 0, 0);
        WireOutput cheated = WireOutput.to(ByteBuffer.allocate(0), (full, needed) -> full);
        assertThatIllegalStateException()
                .isThrownBy(() -> cheated.put((byte) 1))
                .withMessageContaining("expected");
    }

    @Test
    void theOrderOfTheBufferDoesNotMatterAndStays() {
        Codec<Integer> codec = Cbor.of(int.class);
        ByteBuffer little = ByteBuffer.wrap(codec.encode(1000)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(codec.decode(little)).isEqualTo(1000);
        assertThat(little.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }
}
