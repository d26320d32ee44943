package dev.sluice.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsTest {
    /// Gives its pieces one by one, and remembers how much room it was offered.
    private static final class Pieces implements ByteSource {
        final Queue<ByteBuffer> pieces = new ArrayDeque<>();
        final List<Integer> rooms = new ArrayList<>();

        @Override
        public int read(ByteBuffer into) {
            rooms.add(into.remaining());
            ByteBuffer first = pieces.peek();
            if (first == null) {
                return -1;
            }
            int count = Math.min(first.remaining(), into.remaining());
            into.put(first.slice(first.position(), count));
            first.position(first.position() + count);
            if (!first.hasRemaining()) {
                pieces.remove();
            }
            return count;
        }

        @Override
        public void close() {}
    }

    private static final class Collected implements ByteSink {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(ByteBuffer from) throws IOException {
            byte[] all = new byte[from.remaining()];
            from.get(all);
            bytes.write(all);
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 8191, 8192, 8193, Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, Long.MAX_VALUE})
    void everyLimitHoldsToTheByte(long limit) throws Exception {
        byte[] most = new byte[(int) Math.min(limit, 10_000)];
        assertThat(of(most).readAllBytes(limit)).hasSize(most.length);
        if (limit == most.length) {
            assertThatThrownBy(() -> of(new byte[most.length + 1]).readAllBytes(limit))
                    .isInstanceOf(LimitExceededException.class);
        }
    }

    /// A source that does not accept to be asked for nothing.
    private static ByteSource of(byte[] bytes) {
        var source = new Pieces();
        source.pieces.add(ByteBuffer.wrap(bytes));
        return new ByteSource() {
            @Override
            public int read(ByteBuffer into) {
                assertThat(into.hasRemaining()).as("room").isTrue();
                return bytes.length == 0 ? -1 : source.read(into);
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void aTransferMovesPiecesOfEverySize() throws Exception {
        var random = new SplittableRandom(1);
        var source = new Pieces();
        var expected = new ByteArrayOutputStream();
        for (int i = 0; i < 500; i++) {
            byte[] piece = new byte[1 + random.nextInt(i / 50 % 2 == 0 ? 100 : 200_000)];
            random.nextBytes(piece);
            source.pieces.add(ByteBuffer.wrap(piece));
            expected.write(piece);
        }
        var sink = new Collected();
        assertThat(source.transferTo(sink)).isEqualTo(expected.size());
        assertThat(sink.bytes.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void aTransferHoldsLittleWhileLittleComes() throws Exception {
        var source = new Pieces();
        source.pieces.add(ByteBuffer.allocate(10));
        source.pieces.add(ByteBuffer.allocate(1_000_000));
        Collections.nCopies(100, 10).forEach(size -> source.pieces.add(ByteBuffer.allocate(size)));
        source.transferTo(new Collected());
        assertThat(source.rooms.getFirst()).isEqualTo(1_024);
        assertThat(source.rooms).contains(65_536);
        assertThat(source.rooms.getLast()).isEqualTo(1_024);
    }
}
