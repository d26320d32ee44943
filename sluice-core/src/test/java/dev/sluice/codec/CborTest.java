package dev.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What each kind of type looks like, and that it comes back.
class CborTest {
    record Primitives(byte a, short b, int c, long d, char e, boolean f, float g, double h) {}

    record Boxes(Byte a, Short b, Integer c, Long d, Character e, Boolean f, Float g, Double h) {}

    record Times(
            Instant instant,
            Duration duration,
            LocalDate date,
            LocalTime time,
            LocalDateTime dateTime,
            OffsetDateTime offset,
            ZonedDateTime zoned,
            Period period) {}

    record Numbers(BigInteger big, BigDecimal decimal, UUID id) {}

    record Maybe(
            Optional<String> text, OptionalInt i, OptionalLong l, OptionalDouble d, List<Optional<Integer>> list) {}

    enum Colour {
        RED,
        @WireName("grey")
        GREY {
            @Override
            public String toString() {
                return "a body of its own";
            }
        }
    }

    sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    @WireName("box")
    record Rectangle(@WireName("w") int width, int height) implements Shape {}

    sealed interface Nested extends Shape {}

    record Group(List<Shape> members) implements Nested {}

    enum Special implements Shape {
        EMPTY,
        EVERYTHING
    }

    sealed interface Result<T> {}

    record Ok<T>(T value) implements Result<T> {}

    record Failed<T>(String why) implements Result<T> {}

    record Tree(String name, List<Tree> children) {}

    record Pair<A, B>(A left, B right) {}

    record Everything(
            List<Colour> list,
            Collection<Integer> collection,
            Set<String> set,
            Map<Colour, List<Pair<String, Integer>>> map,
            Pair<Optional<Long>, Shape> pair) {}

    private static <T> void roundTrip(Codec<T> codec, T value, String description) {
        byte[] bytes = codec.encode(value);
        assertThat(Cbor.describe(bytes)).isEqualTo(description);
        assertThat(codec.decode(bytes)).isEqualTo(value);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);
        codec.encode(value, WireOutput.to(direct));
        assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(codec.decode(direct)).isEqualTo(value);
    }

    @Test
    void primitivesAndBoxes() {
        String description = "{\"a\": -128, \"b\": 32767, \"c\": -2147483648, \"d\": 9223372036854775807, "
                + "\"e\": 65535, \"f\": true, \"g\": 0.10000000149011612, \"h\": -0.0}";
        roundTrip(
                Cbor.of(Primitives.class),
                new Primitives(
                        (byte) -128, (short) 32767, Integer.MIN_VALUE, Long.MAX_VALUE, '\uffff', true, 0.1f, -0.0),
                description);
        roundTrip(
                Cbor.of(Boxes.class),
                new Boxes((byte) -128, (short) 32767, Integer.MIN_VALUE, Long.MAX_VALUE, '\uffff', true, 0.1f, -0.0),
                description);
    }

    @Test
    void bigNumbersAndIdentifiers() {
        roundTrip(
                Cbor.of(Numbers.class),
                new Numbers(BigInteger.ONE.shiftLeft(64), new BigDecimal("273.15"), new UUID(1, -2)),
                "{\"id\": 37(h'0000000000000001fffffffffffffffe'), \"big\": 18446744073709551616, "
                        + "\"decimal\": 4([-2, 27315])}");
        for (String each : List.of("-18446744073709551616", "-18446744073709551617", "-9223372036854775809", "0")) {
            roundTrip(Cbor.of(BigInteger.class), new BigInteger(each), each);
        }
        assertThat(Cbor.of(BigDecimal.class).decode(new byte[] {7})).isEqualTo("7");
    }

    @Test
    void times() {
        roundTrip(
                Cbor.of(Times.class),
                new Times(
                        Instant.ofEpochSecond(1, 5),
                        Duration.ofMillis(-500),
                        LocalDate.of(1969, 12, 31),
                        LocalTime.of(1, 2),
                        LocalDateTime.of(2026, 1, 2, 3, 4, 5, 6),
                        OffsetDateTime.parse("2026-01-02T03:04:00+05:30"),
                        ZonedDateTime.parse("2026-01-02T03:04+01:00[Europe/Berlin]"),
                        Period.ofDays(3)),
                "{\"date\": 100(-1), \"time\": \"01:02\", \"zoned\": \"2026-01-02T03:04+01:00[Europe/Berlin]\", "
                        + "\"offset\": 0(\"2026-01-02T03:04:00+05:30\"), \"period\": \"P3D\", "
                        + "\"instant\": 1001({1: 1, -9: 5}), \"dateTime\": \"2026-01-02T03:04:05.000000006\", "
                        + "\"duration\": 1002({1: -1, -9: 500000000})}");
        roundTrip(Cbor.of(Instant.class), Instant.MIN, "1(-31557014167219200)");
        roundTrip(Cbor.of(Duration.class), Duration.ofSeconds(Long.MAX_VALUE), "1002({1: 9223372036854775807})");
        roundTrip(Cbor.of(LocalDate.class), LocalDate.MAX, "100(365241780471)");
    }

    @Test
    void whatMayBeMissing() {
        Codec<Maybe> codec = Cbor.of(Maybe.class);
        Maybe none = new Maybe(
                Optional.empty(), OptionalInt.empty(), OptionalLong.empty(), OptionalDouble.empty(), List.of());
        roundTrip(codec, none, "{\"list\": []}");
        Maybe all = new Maybe(
                Optional.of("x"),
                OptionalInt.of(1),
                OptionalLong.of(2),
                OptionalDouble.of(3),
                List.of(Optional.of(4), Optional.empty()));
        roundTrip(codec, all, "{\"d\": 3.0, \"i\": 1, \"l\": 2, \"list\": [4, null], \"text\": \"x\"}");
    }

    @Test
    void sealedInterfacesAndEnums() {
        Codec<Shape> codec = Cbor.of(Shape.class);
        roundTrip(codec, new Circle(2), "{\"Circle\": {\"radius\": 2.0}}");
        roundTrip(
                codec,
                new Group(List.of(new Rectangle(1, 2), Special.EMPTY)),
                "{\"Group\": {\"members\": [{\"box\": {\"w\": 1, \"height\": 2}}, {\"Special\": \"EMPTY\"}]}}");
        roundTrip(Cbor.of(Colour.class), Colour.GREY, "\"grey\"");
        roundTrip(Cbor.of(Circle.class), new Circle(2), "{\"radius\": 2.0}");
    }

    @Test
    void generics() {
        Codec<Result<List<Integer>>> codec = Cbor.of(new TypeOf<Result<List<Integer>>>() {});
        roundTrip(codec, new Ok<>(List.of(1)), "{\"Ok\": {\"value\": [1]}}");
        roundTrip(codec, new Failed<>("late"), "{\"Failed\": {\"why\": \"late\"}}");
        roundTrip(
                Cbor.of(Everything.class),
                new Everything(
                        List.of(Colour.RED),
                        List.of(1, 2),
                        Set.of("bb", "c", "a"),
                        new TreeMap<>(Map.of(Colour.GREY, List.of(), Colour.RED, List.of(new Pair<>("x", 1)))),
                        new Pair<>(Optional.empty(), new Circle(1))),
                "{\"map\": {\"RED\": [{\"left\": \"x\", \"right\": 1}], \"grey\": []}, \"set\": [\"a\", \"c\", \"bb\"], "
                        + "\"list\": [\"RED\"], \"pair\": {\"right\": {\"Circle\": {\"radius\": 1.0}}}, "
                        + "\"collection\": [1, 2]}");
        roundTrip(Cbor.listOf(Circle.class), List.of(new Circle(0)), "[{\"radius\": 0.0}]");
        roundTrip(Cbor.mapOf(Circle.class), Map.of("o", new Circle(0)), "{\"o\": {\"radius\": 0.0}}");
        assertThat(Cbor.of(new TypeOf<List<? extends Shape>>() {}).encode(List.of()))
                .containsExactly(0x80);
    }

    @Test
    void typesThatContainThemselves() {
        Tree tree = new Tree("a", List.of(new Tree("b", List.of()), new Tree("c", List.of())));
        roundTrip(
                Cbor.of(Tree.class),
                tree,
                "{\"name\": \"a\", \"children\": [{\"name\": \"b\", \"children\": []}, "
                        + "{\"name\": \"c\", \"children\": []}]}");
    }

    @Test
    void arrays() {
        roundTrip(Cbor.of(int[].class), new int[] {1, -2}, "[1, -2]");
        roundTrip(Cbor.of(short[].class), new short[] {1, -2}, "[1, -2]");
        roundTrip(Cbor.of(long[].class), new long[] {1, Long.MIN_VALUE}, "[1, -9223372036854775808]");
        roundTrip(Cbor.of(double[].class), new double[] {1.1, -0.0}, "[1.1, -0.0]");
        roundTrip(Cbor.of(float[].class), new float[] {0.5f}, "[0.5]");
        roundTrip(Cbor.of(boolean[].class), new boolean[] {true, false}, "[true, false]");
        roundTrip(Cbor.of(byte[].class), new byte[] {1, -1}, "h'01ff'");
        roundTrip(Cbor.of(byte[][].class), new byte[][] {{1}, {}}, "[h'01', h'']");
        roundTrip(Cbor.of(String[].class), new String[] {"a"}, "[\"a\"]");
        int[] many = new int[1000];
        assertThat(Cbor.of(int[].class).decode(Cbor.of(int[].class).encode(many)))
                .isEqualTo(many);
    }

    @Test
    void typesOfOne() {
        Cbor cbor = Cbor.defaults()
                .withType(Currency.class, String.class, Currency::getCurrencyCode, Currency::getInstance);
        roundTrip(cbor.codec(Currency.class), Currency.getInstance("EUR"), "\"EUR\"");
        roundTrip(cbor.codec(new TypeOf<List<Currency>>() {}), List.of(Currency.getInstance("CHF")), "[\"CHF\"]");
    }

    record Bad(List<Date> when) {}

    record Growing<T>(Optional<Growing<List<T>>> next) {}

    record Twice(@WireName("x") int a, @WireName("x") int b) {}

    @Test
    void typesWithoutAnEncodingAreRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cbor.of(Bad.class))
                .withMessageStartingWith("cbor codec: path=when[], type=Date, expected a record");
        assertThatIllegalArgumentException().isThrownBy(() -> Cbor.of(Object.class));
        assertThatIllegalArgumentException().isThrownBy(() -> Cbor.of(char[].class));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cbor.of(List.class))
                .withMessageContaining("TypeOf");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cbor.of(new TypeOf<Set<Circle>>() {}))
                .withMessageContaining("Comparable");
        assertThatIllegalArgumentException().isThrownBy(() -> Cbor.of(new TypeOf<Optional<Optional<String>>>() {}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cbor.of(new TypeOf<Growing<String>>() {}))
                .withMessageContaining("ever larger");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cbor.of(Twice.class))
                .withMessageContaining("x");
        assertThatIllegalArgumentException().isThrownBy(() -> Cbor.of(new TypeOf<List<Thread>>() {}));
    }
}
