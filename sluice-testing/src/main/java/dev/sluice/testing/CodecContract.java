package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.codec.WireOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What every codec does, whatever its format. A codec is tested by a short subclass.
///
/// @param <T> the values
public abstract class CodecContract<T> {
    private static final long SEED = Long.getLong("codec.seed", 4);

    /// For the subclass that says which codec.
    protected CodecContract() {}

    /// The codec that is tested.
    protected abstract Codec<T> codec();

    /// Several values of different size; what is decoded must equal them.
    protected abstract List<T> values();

    /// Bytes that are no value; empty for a codec that accepts all.
    protected abstract List<byte[]> garbage();

    @Test
    void valuesComeBack() {
        for (T value : values()) {
            assertThat(codec().decode(codec().encode(value))).isEqualTo(value);
        }
    }

    @Test
    void everyKindOfMemoryGetsTheSameBytes() {
        for (T value : values()) {
            byte[] bytes = codec().encode(value);
            for (ByteBuffer buffer : List.of(
                    ByteBuffer.allocate(bytes.length + 5),
                    ByteBuffer.allocateDirect(bytes.length + 5),
                    ByteBuffer.allocate(bytes.length + 9).position(4).slice(),
                    ByteBuffer.allocateDirect(bytes.length + 5).order(ByteOrder.LITTLE_ENDIAN))) {
                buffer.position(3).limit(3 + bytes.length);
                codec().encode(value, WireOutput.to(buffer));
                assertThat(buffer.remaining()).as("room left in %s", buffer).isZero();
                byte[] written = new byte[bytes.length];
                buffer.get(3, written);
                assertThat(written).isEqualTo(bytes);
                assertThat(codec().decode(buffer.position(3))).isEqualTo(value);
                assertThat(buffer.remaining()).as("bytes left in %s", buffer).isZero();
                assertThat(codec().decode(buffer.position(3).asReadOnlyBuffer()))
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void oneOutputTakesManyValues() {
        WireOutput out = WireOutput.growing(1, 1 << 24);
        List<Integer> ends = new ArrayList<>();
        for (T value : values()) {
            codec().encode(value, out);
            ends.add(out.position());
        }
        byte[] all = out.toByteArray();
        int start = 0;
        for (int i = 0; i < ends.size(); i++) {
            T value = codec().decode(ByteBuffer.wrap(all, start, ends.get(i) - start));
            assertThat(value).isEqualTo(values().get(i));
            start = ends.get(i);
        }
    }

    @Test
    void whereThereIsTooLittleRoomNothingIsWritten() {
        for (T value : values()) {
            int length = codec().encode(value).length;
            for (int room = Math.max(0, length - 300); room < length; room++) {
                ByteBuffer buffer = ByteBuffer.allocate(room + 1).position(1);
                assertThatThrownBy(() -> codec().encode(value, WireOutput.to(buffer)))
                        .isInstanceOfSatisfying(
                                CodecException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(CodecException.Problem.NO_ROOM));
                assertThat(buffer.position()).as("position, room=%d", room).isEqualTo(1);
            }
        }
    }

    @Test
    void garbageIsRefusedAndTheBufferIsWhereItWas() {
        for (byte[] bytes : garbage()) {
            ByteBuffer buffer =
                    ByteBuffer.allocate(bytes.length + 2).put(2, bytes).position(2);
            assertThatThrownBy(() -> codec().decode(buffer)).isInstanceOf(CodecException.class);
            assertThat(buffer.position()).isEqualTo(2);
        }
    }

    @Test
    void damageIsRefusedByTheTypedErrorOrMakesAnotherValue() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (T value : values()) {
            byte[] bytes = codec().encode(value);
            for (int round = 0; round < 500 && bytes.length > 0; round++) {
                byte[] damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                if (damaged.length > 0) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                try {
                    assertThat(codec().decode(damaged)).isNotNull();
                } catch (CodecException refused) {
                    assertThat(refused).as("seed=%d", SEED).hasMessageContaining("expected");
                }
            }
        }
    }

    @Test
    void whatIsDecodedIsNoViewOfTheBytes() {
        for (T value : values()) {
            byte[] bytes = codec().encode(value);
            T decoded = codec().decode(bytes);
            Arrays.fill(bytes, (byte) 0);
            assertThat(decoded).isEqualTo(value);
        }
    }

    @Test
    void manyThreadsMayUseIt() {
        Codec<T> codec = codec();
        List<T> values = values();
        List<CompletableFuture<Void>> parties = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            parties.add(CompletableFuture.runAsync(() -> {
                for (int round = 0; round < 200; round++) {
                    for (T value : values) {
                        assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
                    }
                }
            }));
        }
        parties.forEach(CompletableFuture::join);
    }
}
