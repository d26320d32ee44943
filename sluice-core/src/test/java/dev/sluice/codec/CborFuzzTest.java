package dev.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random values come back; random bytes are refused by a typed error, or are a value whose bytes are then the
/// deterministic ones. `-Dcodec.seed=N` replays a run.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CborFuzzTest {
    private static final long SEED = Long.getLong("codec.seed", System.nanoTime());

    enum Side {
        BUY,
        SELL
    }

    sealed interface Event {}

    record Placed(long id, Side side, int count, double price, Optional<String> note) implements Event {}

    record Cancelled(long id, Instant at) implements Event {}

    record Batch(List<Event> events, Map<String, Duration> ages, Set<UUID> ids) implements Event {}

    @SuppressWarnings("ArrayRecordComponent") // records of users have them
    record Odds(byte a, short b, char c, boolean d, float e, BigInteger f, BigDecimal g, byte[] h, int[] i, LocalDate j)
            implements Event {
        @Override
        public boolean equals(Object other) {
            return other instanceof Odds o && toString().equals(o.toString());
        }

        @Override
        public int hashCode() {
            return toString().hashCode();
        }

        @Override
        public String toString() {
            return List.of(a, b, c, d, e, f, g, j) + Arrays.toString(h) + Arrays.toString(i);
        }
    }

    record Counts(Map<Side, Map<Integer, Long>> counts, Optional<Event> last) implements Event {}

    private static final Codec<Event> CODEC = Cbor.of(Event.class);

    private final Random random = new Random(SEED);

    private Event event(int depth) {
        return switch (random.nextInt(depth == 0 ? 3 : 5)) {
            case 0 ->
                new Placed(
                        number(),
                        Side.values()[random.nextInt(2)],
                        (int) number(),
                        fraction(),
                        random.nextBoolean() ? Optional.empty() : Optional.of(text()));
            case 1 -> new Cancelled(number(), Instant.ofEpochSecond(random.nextInt(), random.nextInt(3)));
            case 2 ->
                new Odds(
                        (byte) number(),
                        (short) number(),
                        (char) number(),
                        random.nextBoolean(),
                        (float) fraction(),
                        new BigInteger(random.nextInt(130), random).multiply(BigInteger.valueOf(random.nextInt(-1, 2))),
                        BigDecimal.valueOf(number(), random.nextInt(-40, 40)),
                        bytes(random.nextInt(30)),
                        random.ints(random.nextInt(40)).toArray(),
                        LocalDate.ofEpochDay(random.nextInt()));
            case 3 -> {
                List<Event> events = new ArrayList<>();
                Map<String, Duration> ages = new HashMap<>();
                Set<UUID> ids = new HashSet<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    events.add(event(depth - 1));
                    ages.put(text(), Duration.ofSeconds(random.nextInt(), random.nextInt(2)));
                    ids.add(new UUID(random.nextLong(), random.nextLong()));
                }
                yield new Batch(events, ages, ids);
            }
            default -> {
                Map<Side, Map<Integer, Long>> counts = new EnumMap<>(Side.class);
                for (int i = random.nextInt(6); i > 0; i--) {
                    counts.computeIfAbsent(Side.values()[random.nextInt(2)], side -> new HashMap<>())
                            .put((int) number(), number());
                }
                yield new Counts(counts, random.nextBoolean() ? Optional.empty() : Optional.of(event(depth - 1)));
            }
        };
    }

    /// Of any length.
    private long number() {
        return random.nextLong() >> random.nextInt(64);
    }

    private double fraction() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(-100, 100) / 4.0;
            case 1 -> random.nextFloat();
            case 2 -> Double.longBitsToDouble(random.nextLong());
            default -> random.nextDouble();
        };
    }

    private String text() {
        int[] points = random.ints(random.nextInt(60), 0, random.nextBoolean() ? 0x80 : 0x11_0000)
                .filter(point -> point < 0xd800 || point > 0xdfff)
                .toArray();
        return new String(points, 0, points.length);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void randomValuesComeBackFromEveryKindOfMemory() {
        WireOutput reused = WireOutput.growing(1, 1 << 20);
        for (int i = 0; i < 3000; i++) {
            Event event = event(4);
            byte[] bytes = CODEC.encode(event);
            assertThat(CODEC.decode(bytes)).as("seed=%d round=%d", SEED, i).isEqualTo(event);
            reused.position(0);
            CODEC.encode(event, reused);
            assertThat(reused.toByteArray()).isEqualTo(bytes);
            ByteBuffer exact = ByteBuffer.allocateDirect(bytes.length + 3).position(3);
            CODEC.encode(event, WireOutput.to(exact));
            assertThat(exact.remaining()).isZero();
            assertThat(CODEC.decode(exact.position(3).asReadOnlyBuffer())).isEqualTo(event);
            assertThat(Cbor.describe(bytes)).isNotEmpty();
        }
    }

    @Test
    void randomBytesAreRefusedOrUnderstood() {
        for (int i = 0; i < 20_000; i++) {
            check(bytes(random.nextInt(200)), i);
        }
    }

    @Test
    void damagedEncodingsAreRefusedOrUnderstood() {
        int understood = 0;
        for (int i = 0; i < 30_000; i++) {
            byte[] bytes = damaged(CODEC.encode(event(3)));
            if (check(bytes, i)) {
                understood++;
            }
        }
        assertThat(understood).as("damage in values only, seed=%d", SEED).isBetween(1, 29_999);
    }

    private byte[] damaged(byte[] bytes) {
        for (int flips = random.nextInt(3); flips >= 0; flips--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> { // one byte more, often a head of indefinite length, a break or a tag
                    byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
                    System.arraycopy(bytes, at, more, at + 1, bytes.length - at);
                    more[at] = (byte) new int[] {0x5f, 0x7f, 0x9f, 0xbf, 0xff, 0xc2, 0xd8, 0xfb}[random.nextInt(8)];
                    bytes = more;
                }
                default -> { // a part twice
                    int length = random.nextInt(bytes.length - at);
                    byte[] more = Arrays.copyOf(bytes, bytes.length + length);
                    System.arraycopy(bytes, at, more, at + length, bytes.length - at);
                    bytes = more;
                }
            }
        }
        return bytes;
    }

    /// Returns whether the bytes are a value.
    private static boolean check(byte[] bytes, int round) {
        String input =
                "seed=" + SEED + " round=" + round + " bytes=" + HexFormat.of().formatHex(bytes);
        try {
            Event event = CODEC.decode(bytes);
            byte[] own = CODEC.encode(event);
            assertThat(CODEC.decode(own)).as(input).isEqualTo(event);
            assertThat(CODEC.encode(CODEC.decode(own))).as(input).isEqualTo(own);
            assertThat(Cbor.describe(own)).as(input).isNotEmpty();
            return true;
        } catch (CodecException refused) {
            assertThat(refused.getMessage())
                    .as(input)
                    .startsWith("decode Event: ")
                    .hasSizeLessThan(1000);
            assertThat(refused.position()).as(input).isBetween(0L, (long) bytes.length);
            return false;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError failure) {
            throw new AssertionError(input, failure);
        }
    }

    /// Eight arrays in each other, each announcing as many items as bytes follow.
    @Test
    void announcedLengthsTakeNoMemory() {
        Codec<int[][][][][][][][]> codec = Cbor.of(int[][][][][][][][].class);
        byte[] nested = new byte[60_000];
        for (int i = 0; i < 8; i++) {
            System.arraycopy(new byte[] {(byte) 0x99, (byte) 0xc3, 0x50}, 0, nested, 3 * i, 3);
        }
        nested[3 * 8] = (byte) 0xf4; // no integer
        long before = allocated();
        for (int i = 0; i < 100; i++) {
            try {
                codec.decode(nested);
                throw new AssertionError("what is no integer was accepted");
            } catch (CodecException refused) {
                assertThat(refused.path()).isEqualTo("[0][0][0][0][0][0][0][0]");
            }
        }
        assertThat((allocated() - before) / 100).as("bytes taken for one input").isLessThan(100_000);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
