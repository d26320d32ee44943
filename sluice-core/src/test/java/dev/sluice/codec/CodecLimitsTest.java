package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.LIMIT;
import static dev.sluice.codec.CodecException.Problem.MALFORMED;
import static dev.sluice.codec.CodecException.Problem.NO_ROOM;
import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;
import static dev.sluice.codec.CodecException.Problem.UNEXPECTED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.codec.CodecException.Problem;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused, and what the refusal says.
class CodecLimitsTest {
    record Line(String article, byte count) {
        Line {
            if (count == 0) {
                throw new IllegalArgumentException("count=0\u001b[2J, expected more");
            }
        }
    }

    record Order(List<Line> lines, Optional<String> note) {}

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static CodecException refused(Codec<?> codec, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        CodecException failure = catchThrowableOfType(CodecException.class, () -> codec.decode(buffer));
        assertThat(failure)
                .as(() -> codec + " of " + HexFormat.of().formatHex(bytes))
                .isNotNull();
        assertThat(buffer.position()).isZero();
        return failure;
    }

    private static <T> CodecException unencodable(Codec<T> codec, T value) {
        WireOutput out = WireOutput.growing(16, 1 << 20);
        out.put((byte) 1);
        CodecException failure = catchThrowableOfType(CodecException.class, () -> codec.encode(value, out));
        assertThat(failure).isNotNull();
        assertThat(out.position()).as("position after a refusal").isEqualTo(1);
        return failure;
    }

    @Test
    void saysWhereWhatAndWhy() {
        Codec<Order> codec = Cbor.of(Order.class);
        byte[] bytes =
                codec.encode(new Order(List.of(new Line("a", (byte) 1), new Line("b", (byte) 2)), Optional.empty()));
        assertThat(Cbor.describe(bytes))
                .isEqualTo("{\"lines\": [{\"count\": 1, \"article\": \"a\"}, {\"count\": 2, \"article\": \"b\"}]}");
        int count = new String(bytes, ISO_8859_1).lastIndexOf("count") + 5;
        byte[] text = bytes.clone();
        text[count] = (byte) 0xf5;
        CodecException failure = refused(codec, text);
        assertThat(failure)
                .hasMessage("decode Order: path=lines[1].count, byte=" + count
                        + ", found=true, expected an integer from -128 to 127");
        assertThat(failure.path()).isEqualTo("lines[1].count");
        assertThat(failure.position()).isEqualTo(count);
        assertThat(failure.problem()).isEqualTo(UNEXPECTED);
    }

    @Test
    void aConstructorThatRefusesItsArgumentsRefusesTheInput() {
        CodecException failure = refused(Cbor.of(Line.class), hex("a2 65 636f756e74 00 67 61727469636c65 61 61"));
        assertThat(failure)
                .hasMessage("decode Line: byte=0, constructor threw=IllegalArgumentException "
                        + "(count=0\\u001b[2J, expected more), expected components that record Line accepts")
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvFileSource(resources = "refusals.csv")
    void refuses(String type, String hex, Problem problem) {
        CodecException failure = refused(codec(type), hex(hex));
        assertThat(failure.problem()).as(failure.getMessage()).isEqualTo(problem);
        assertThat(failure.position()).isBetween(0L, (long) hex.length() / 2);
        assertThat(failure).hasMessageStartingWith("decode ").hasMessageContaining(", expected ");
    }

    private static Codec<?> codec(String type) {
        return switch (type) {
            case "byte" -> Cbor.of(byte.class);
            case "char" -> Cbor.of(char.class);
            case "int" -> Cbor.of(int.class);
            case "long" -> Cbor.of(long.class);
            case "boolean" -> Cbor.of(boolean.class);
            case "float" -> Cbor.of(float.class);
            case "double" -> Cbor.of(double.class);
            case "text" -> Cbor.of(String.class);
            case "bytes" -> Cbor.of(byte[].class);
            case "ints" -> Cbor.of(int[].class);
            case "list" -> Cbor.listOf(Integer.class);
            case "set" -> Cbor.of(new TypeOf<Set<Integer>>() {});
            case "map" -> Cbor.of(new TypeOf<Map<Integer, Integer>>() {});
            case "uuid" -> Cbor.of(UUID.class);
            case "instant" -> Cbor.of(Instant.class);
            case "date" -> Cbor.of(LocalDate.class);
            case "duration" -> Cbor.of(Duration.class);
            case "decimal" -> Cbor.of(BigDecimal.class);
            case "big" -> Cbor.of(BigInteger.class);
            default -> throw new AssertionError(type);
        };
    }

    record Old(int a) {}

    record New(int a, Optional<String> b) {}

    record Needy(int a, int b) {}

    sealed interface Either permits Left, Right {}

    record Left(int value) implements Either {}

    record Right(int value) implements Either {}

    enum Colour {
        RED,
        GREEN
    }

    @Test
    void recordsMayGrowAndShrink() {
        byte[] grown = Cbor.of(New.class).encode(new New(1, Optional.of("x")));
        assertThat(Cbor.of(Old.class).decode(grown)).isEqualTo(new Old(1));
        byte[] small = Cbor.of(Old.class).encode(new Old(1));
        assertThat(Cbor.of(New.class).decode(small)).isEqualTo(new New(1, Optional.empty()));
        assertThat(refused(Cbor.of(Needy.class), small))
                .hasMessage("decode Needy: path=b, byte=0, found=no entry, "
                        + "expected an integer from -2147483648 to 2147483647");
        // in any order, with keys in longer forms, and null for what is missing
        assertThat(Cbor.of(New.class).decode(hex("bf 7801 62 f6 7f 6161 ff 05 ff")))
                .isEqualTo(new New(5, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "a2 6161 01 6161 02, path=a, a second entry",
        "a1 01 01, byte=1, a key that is no text",
        "a2 6161 01 6162 9f, path=b, an unknown entry that is cut",
        "a2 6161 01 6162 61, path=b, an unknown entry that is cut",
        "a2 6161 01 6162 1c, path=b, an unknown entry that is not well-formed",
        "a2 6161 01 6162 ff, path=b, a break as value",
        "a0, path=a, no entry",
        "80, byte=0, an array"
    })
    void refusesMapsThatAreNoSuchRecord(String hex, String contains, String why) {
        assertThat(refused(Cbor.of(Old.class), hex(hex))).as(why).hasMessageContaining(contains);
    }

    @Test
    void refusesNamesThatNobodyPermits() {
        Codec<Either> either = Cbor.of(Either.class);
        assertThat(either.decode(hex("bf 7804 4c656674 a1 65 76616c7565 01 ff")))
                .isEqualTo(new Left(1));
        assertThat(refused(either, hex("a1 63 466f6f a0")))
                .hasMessage("decode Either: byte=1, found=\"Foo\", expected one of Left, Right");
        assertThat(refused(either, hex("a0"))).hasMessageContaining("a map of one entry");
        byte[] two = hex("a2 64 4c656674 a1 65 76616c7565 01 01 01");
        assertThat(refused(either, two)).hasMessageContaining("a map of one entry");
        assertThat(refused(either, hex("a1 64 4c656674 a1 65 76616c7565 f4"))).hasMessageContaining("path=Left.value");
        assertThat(refused(Cbor.of(Colour.class), hex("64 424c5545")))
                .hasMessage("decode Colour: byte=0, found=\"BLUE\", expected one of GREEN, RED, as text");
    }

    @Test
    void limitsHoldInBothDirections() {
        CodecLimits small =
                CodecLimits.defaults().withBytes(100).withDepth(2).withItems(3).withText(4);
        Cbor cbor = Cbor.defaults().withLimits(small);
        Codec<List<List<String>>> codec = cbor.codec(new TypeOf<List<List<String>>>() {});
        Codec<List<List<String>>> free = Cbor.of(new TypeOf<List<List<String>>>() {});
        for (List<List<String>> each : List.of(
                List.of(List.of("12345")), List.of(List.of("", "", "", "")), List.of(List.of("\u20ac\u20ac")))) {
            assertThat(refused(codec, free.encode(each)).problem()).isEqualTo(LIMIT);
            assertThat(unencodable(codec, each).problem()).isEqualTo(LIMIT);
        }
        Codec<List<List<List<String>>>> deep = cbor.codec(new TypeOf<List<List<List<String>>>>() {});
        assertThat(refused(deep, hex("818180")).getMessage()).contains("depth=3, expected at most 2");
        assertThat(unencodable(deep, List.of(List.of(List.of()))).getMessage()).contains("depth=3");
        Codec<long[]> longs = Cbor.defaults().withLimits(small.withItems(20)).codec(long[].class);
        long[] large = new long[12];
        Arrays.fill(large, Long.MAX_VALUE);
        assertThat(unencodable(longs, large).problem()).isEqualTo(LIMIT);
        assertThat(refused(longs, Cbor.of(long[].class).encode(large)).problem())
                .isEqualTo(LIMIT);
        assertThat(refused(codec, hex("9f80808080ff")).problem()).isEqualTo(LIMIT);
        assertThat(refused(cbor.codec(String.class), hex("7f63616161626161ff")).problem())
                .isEqualTo(LIMIT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small.withDepth(513))
                .withMessageContaining("513");
    }

    @Test
    void deepInputEndsAtTheLimitEvenWhereItIsPassedOver() {
        byte[] deep = new byte[200_000];
        for (int head : new int[] {0x81, 0x9f, 0xbf, 0xc1, 0xd8}) {
            Arrays.fill(deep, (byte) head);
            System.arraycopy(hex("a1 6162"), 0, deep, 0, 3);
            assertThat(refused(Cbor.of(Old.class), deep).problem()).isIn(LIMIT, MALFORMED);
            CodecException failure = catchThrowableOfType(CodecException.class, () -> Cbor.describe(deep));
            assertThat(failure.problem()).isIn(LIMIT, MALFORMED);
        }
    }

    record Tree(List<Tree> children) {}

    @Test
    void theDeepestLimitFitsTheStack() {
        Codec<Tree> codec = Cbor.defaults()
                .withLimits(CodecLimits.defaults().withDepth(512))
                .codec(Tree.class);
        Tree tree = new Tree(List.of());
        for (int i = 1; i < 256; i++) { // two levels each
            tree = new Tree(List.of(tree));
        }
        byte[] bytes = codec.encode(tree);
        assertThat(codec.decode(bytes)).isEqualTo(tree);
        assertThat(refused(Cbor.of(Tree.class), bytes).problem()).isEqualTo(LIMIT);
        assertThat(unencodable(codec, new Tree(List.of(tree))).problem()).isEqualTo(LIMIT);
    }

    @Test
    void aKeyThatIsSlowToPrintIsNotPrinted() {
        Codec<Map<BigInteger, Integer>> codec = Cbor.of(new TypeOf<Map<BigInteger, Integer>>() {});
        byte[] bytes = codec.encode(Map.of(BigInteger.ONE.shiftLeft(7_000_000), 1));
        bytes[bytes.length - 1] = (byte) 0xf4;
        assertThat(refused(codec, bytes))
                .hasMessageContaining("path=[BigInteger], ")
                .hasMessageContaining("found=false");
        byte[] text = Cbor.mapOf(Integer.class).encode(Map.of("a\u0007", 1));
        text[text.length - 1] = (byte) 0xf4;
        assertThat(refused(Cbor.mapOf(Integer.class), text).path()).isEqualTo("[a\\u0007]");
    }

    @Test
    void whatHasNoEncodingIsRefused() {
        record Text(String text) {}
        assertThat(unencodable(Cbor.of(Text.class), new Text(null)))
                .hasMessage("encode Text: path=text, value=null, expected text (what may be missing is an Optional)");
        assertThat(unencodable(Cbor.of(String.class), "\ud800").problem()).isEqualTo(UNENCODABLE);
        assertThat(unencodable(Cbor.of(String.class), "\udc00x").problem()).isEqualTo(UNENCODABLE);
        assertThat(unencodable(Cbor.listOf(String.class), Arrays.asList("a", null))
                        .path())
                .isEqualTo("[1]");
        assertThat(unencodable(Cbor.of(BigDecimal.class), new BigDecimal("1e-20000"))
                        .problem())
                .isEqualTo(UNENCODABLE);
        record Cyclic(List<Cyclic> inner) {}
        List<Cyclic> inner = new ArrayList<>();
        inner.add(new Cyclic(inner));
        assertThat(unencodable(Cbor.of(Cyclic.class), inner.getFirst()).problem())
                .isEqualTo(LIMIT);
    }

    @Test
    void aBufferThatIsFullSaysHowMuchIsMissing() {
        Codec<String> codec = Cbor.of(String.class);
        String text = "x".repeat(60);
        ByteBuffer exact = ByteBuffer.allocate(62);
        codec.encode(text, WireOutput.to(exact));
        assertThat(exact.remaining()).isZero();
        ByteBuffer small = ByteBuffer.allocate(61);
        CodecException failure =
                catchThrowableOfType(CodecException.class, () -> codec.encode(text, WireOutput.to(small)));
        assertThat(failure.problem()).isEqualTo(NO_ROOM);
        assertThat(failure).hasMessage("encode String: room=59, expected at least 60 bytes more");
        assertThat(small.position()).isZero();
    }
}
