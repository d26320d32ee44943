package dev.sluice.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.process.Command;
import dev.sluice.process.Input;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// CBOR of somebody else: Python's `cbor2`, as Debian packages it for its own Python.
///
/// `-Dcodec.seed=N` replays a run.
class CborPeerTest {
    private static final long SEED = Long.getLong("codec.seed", System.nanoTime());
    private static final int VALUES = 300;
    private static final String PYTHON = "/usr/bin/python3";

    /// Reads each line, and says how it would itself write that in the deterministic form.
    private static final String READER = """
            import cbor2, sys
            for line in sys.stdin:
                value = cbor2.loads(bytes.fromhex(line))
                print(cbor2.dumps(value, canonical=True, datetime_as_timestamp=True).hex())
            """;

    /// The same order in several forms that mean the same.
    private static final String WRITER = """
            import cbor2, datetime, decimal, uuid
            order = {
                "lines": [{"count": 2, "article": "t\\u00e9"}], "ages": {"b": -1, "a": 1 << 40}, "note": None,
                "at": datetime.datetime(2024, 2, 29, 12, 0, 0, tzinfo=datetime.timezone.utc),
                "sum": {"weight": 0.5, "total": decimal.Decimal("19.90"), "large": 1 << 80, "key": uuid.UUID(int=1)}}
            print(cbor2.dumps(order).hex())
            print(cbor2.dumps(order, canonical=True).hex())
            print(cbor2.dumps(order, datetime_as_timestamp=True).hex())
            """;

    record Line(String article, int count) {}

    record Sum(BigDecimal total, BigInteger large, double weight, UUID key) {}

    record Order(Instant at, Optional<String> note, Sum sum, List<Line> lines, Map<String, Long> ages) {}

    private static final Codec<Order> ORDERS = Cbor.of(Order.class);

    private static List<String> python(String program, String input) throws Exception {
        var result = Sluice.call(
                () -> Command.of(PYTHON, "-c", program).stdin(Input.of(input)).run());
        assertThat(result.stderrText()).isEmpty();
        return result.stdoutText().lines().toList();
    }

    @Test
    void whatWeWriteIsReadAndIsTheDeterministicForm() throws Exception {
        Random random = new Random(SEED);
        List<String> written = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            written.add(HexFormat.of().formatHex(ORDERS.encode(order(random))));
        }
        assertThat(python(READER, String.join("\n", written)))
                .as("seed %d", SEED)
                .isEqualTo(written);
    }

    @Test
    void whatTheyWriteIsRead() throws Exception {
        var expected = new Order(
                Instant.parse("2024-02-29T12:00:00Z"),
                Optional.empty(),
                new Sum(new BigDecimal("19.90"), BigInteger.ONE.shiftLeft(80), 0.5, new UUID(0, 1)),
                List.of(new Line("té", 2)),
                Map.of("a", 1L << 40, "b", -1L));
        List<String> lines = python(WRITER, "");
        assertThat(lines).hasSize(3);
        for (String line : lines) {
            assertThat(ORDERS.decode(HexFormat.of().parseHex(line))).as(line).isEqualTo(expected);
        }
    }

    private static Order order(Random random) {
        List<Line> lines = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            lines.add(new Line(text(random), random.nextInt() >> random.nextInt(32)));
        }
        Map<String, Long> ages = new TreeMap<>();
        for (int i = random.nextInt(30); i > 0; i--) {
            ages.put(text(random), random.nextLong() >> random.nextInt(64));
        }
        var sum = new Sum(
                new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(60) - 30),
                new BigInteger(random.nextInt(200), random).negate(),
                random.nextBoolean() ? random.nextInt(1000) / 8.0 : Double.longBitsToDouble(random.nextLong()),
                new UUID(random.nextLong(), random.nextLong()));
        Optional<String> note = random.nextBoolean() ? Optional.of(text(random)) : Optional.empty();
        return new Order(Instant.ofEpochSecond(random.nextInt()), note, sum, lines, ages);
    }

    private static String text(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return new String(bytes, UTF_8); // with some characters that stand for what is no text
    }
}
