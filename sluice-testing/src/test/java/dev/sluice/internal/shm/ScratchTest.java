package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.codec.Codec;
import dev.sluice.codec.WireOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScratchTest {
    /// One half of a number as buffers have it, the other in the order of the machine; leaves the buffer so.
    private static final class Halves implements Codec<Long> {
        @Override
        public void encode(Long value, WireOutput out) {
            out.ensure(Long.BYTES);
            ByteBuffer buffer = out.buffer().putInt((int) (value >> Integer.SIZE));
            buffer.order(ByteOrder.LITTLE_ENDIAN).putInt(value.intValue());
            buffer.limit(buffer.position());
        }

        @Override
        public Long decode(ByteBuffer bytes) {
            long upper = bytes.getInt();
            return upper << Integer.SIZE
                    | Integer.toUnsignedLong(
                            bytes.order(ByteOrder.LITTLE_ENDIAN).getInt());
        }
    }

    private final Scratch scratch = new Scratch();

    private byte[] encoded(long value) {
        return Arrays.copyOf(scratch.bytes(), scratch.encode(new Halves(), value));
    }

    @Test
    void aCodecFindsTheMemoryAsIfItWereNew() {
        long value = 0x0102030405060708L;
        byte[] first = new Halves().encode(value);
        for (int i = 0; i < 3; i++) {
            byte[] memory = scratch.bytes();
            assertThat(encoded(value)).isEqualTo(first);
            assertThat(scratch.bytes()).as("kept").isSameAs(memory);
        }
    }

    @Test
    void whatWasEncodedIsDecodedAgainAndAgain() {
        for (long value = 1; value < 1L << 62; value *= 3) {
            byte[] bytes = new Halves().encode(value);
            System.arraycopy(bytes, 0, scratch.room(bytes.length), 0, bytes.length);
            assertThat(scratch.decode(new Halves())).isEqualTo(value);
        }
    }
}
