package dev.sluice.codec;

import dev.sluice.testing.CodecContract;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class CborCodecTest extends CodecContract<CborCodecTest.Event> {
    sealed interface Event {}

    record Placed(long id, double price, Optional<String> note, List<Line> lines) implements Event {}

    record Line(String article, int count) {}

    record Seen(Map<String, Instant> at) implements Event {}

    private final Codec<Event> codec = Cbor.of(Event.class);

    @Override
    protected Codec<Event> codec() {
        return codec;
    }

    @Override
    protected List<Event> values() {
        return List.of(
                new Placed(1, 0.1, Optional.empty(), List.of()),
                new Placed(
                        -1, 1e300, Optional.of("x".repeat(70)), List.of(new Line("tea", 1), new Line("\u00fc", -300))),
                new Seen(Map.of("a", Instant.EPOCH, "b", Instant.ofEpochSecond(1, 1))),
                new Seen(Map.of()));
    }

    @Override
    protected List<byte[]> garbage() {
        return List.of(
                new byte[0],
                new byte[] {0},
                new byte[] {(byte) 0xa0},
                new byte[] {(byte) 0xff},
                new byte[] {(byte) 0xbf},
                codecOfLines().encode(new Line("tea", 1)));
    }

    private static Codec<Line> codecOfLines() {
        return Cbor.of(Line.class);
    }
}
