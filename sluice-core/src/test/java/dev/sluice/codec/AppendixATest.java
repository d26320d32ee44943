package dev.sluice.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The vectors of RFC 8949, appendix A.
class AppendixATest {
    record Vector(String hex, boolean preferred, String meaning) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }

    record AandB(int a, List<Integer> b) {}

    record Fun(
            @WireName("Fun") boolean fun, @WireName("Amt") int amount) {}

    record Letters(String a, String b, String c, String d, String e) {}

    private static final TypeOf<List<Integer>> INTEGERS = new TypeOf<>() {};

    /// What the vectors mean in Java, by their bytes; those that mix types in one array mean nothing.
    private static Map<String, Meaning<?>> meanings() {
        Map<String, Meaning<?>> meanings = new HashMap<>();
        integers(meanings);
        fractions(meanings);
        simpleValuesAndTimes(meanings);
        strings(meanings);
        arraysAndMaps(meanings);
        return meanings;
    }

    private static void integers(Map<String, Meaning<?>> meanings) {
        Stream.of("00 0", "01 1", "0a 10", "17 23", "1818 24", "1819 25", "1864 100", "1903e8 1000", "20 -1", "29 -10")
                .forEach(each -> put(meanings, each, Cbor.of(int.class), Integer::valueOf));
        Stream.of("1a000f4240 1000000", "3863 -100", "3903e7 -1000")
                .forEach(each -> put(meanings, each, Cbor.of(Integer.class), Integer::valueOf));
        Stream.of("1b000000e8d4a51000 1000000000000")
                .forEach(each -> put(meanings, each, Cbor.of(long.class), Long::valueOf));
        Stream.of(
                        "1bffffffffffffffff 18446744073709551615",
                        "c249010000000000000000 18446744073709551616",
                        "3bffffffffffffffff -18446744073709551616",
                        "c349010000000000000000 -18446744073709551617")
                .forEach(each -> put(meanings, each, Cbor.of(BigInteger.class), BigInteger::new));
    }

    private static void fractions(Map<String, Meaning<?>> meanings) {
        Stream.of(
                        "f90000 0.0",
                        "f98000 -0.0",
                        "f93c00 1.0",
                        "fb3ff199999999999a 1.1",
                        "f93e00 1.5",
                        "f97bff 65504.0",
                        "fb7e37e43c8800759c 1.0e+300",
                        "f9c400 -4.0",
                        "fbc010666666666666 -4.1",
                        "f97c00 Infinity",
                        "f97e00 NaN",
                        "f9fc00 -Infinity",
                        "fb7ff0000000000000 Infinity",
                        "fb7ff8000000000000 NaN",
                        "fbfff0000000000000 -Infinity")
                .forEach(each -> put(meanings, each, Cbor.of(double.class), Double::valueOf));
        Stream.of(
                        "fa47c35000 100000.0",
                        "fa7f7fffff 3.4028235E38",
                        "f90001 5.960464477539063e-8",
                        "f90400 0.00006103515625",
                        "fa7f800000 Infinity",
                        "fa7fc00000 NaN",
                        "faff800000 -Infinity")
                .forEach(each -> put(meanings, each, Cbor.of(float.class), Float::valueOf));
    }

    private static void simpleValuesAndTimes(Map<String, Meaning<?>> meanings) {
        meanings.put("f4", new Meaning<>(Cbor.of(boolean.class), false));
        meanings.put("f5", new Meaning<>(Cbor.of(Boolean.class), true));
        meanings.put("f6", new Meaning<>(Cbor.of(new TypeOf<Optional<String>>() {}), Optional.empty()));
        meanings.put("f7", new Meaning<>(Cbor.of(new TypeOf<Optional<String>>() {}), Optional.empty()));
        Instant instant = Instant.parse("2013-03-21T20:04:00Z");
        meanings.put("c074323031332d30332d32315432303a30343a30305a", new Meaning<>(Cbor.of(Instant.class), instant));
        meanings.put("c11a514b67b0", new Meaning<>(Cbor.of(Instant.class), instant));
        meanings.put("c1fb41d452d9ec200000", new Meaning<>(Cbor.of(Instant.class), instant.plusMillis(500)));
    }

    private static void strings(Map<String, Meaning<?>> meanings) {
        meanings.put("40", new Meaning<>(Cbor.of(byte[].class), new byte[0]));
        meanings.put("4401020304", new Meaning<>(Cbor.of(byte[].class), new byte[] {1, 2, 3, 4}));
        meanings.put("5f42010243030405ff", new Meaning<>(Cbor.of(byte[].class), new byte[] {1, 2, 3, 4, 5}));
        Codec<String> text = Cbor.of(String.class);
        meanings.put("60", new Meaning<>(text, ""));
        meanings.put("6161", new Meaning<>(text, "a"));
        meanings.put("6449455446", new Meaning<>(text, "IETF"));
        meanings.put("62225c", new Meaning<>(text, "\"\\"));
        meanings.put("62c3bc", new Meaning<>(text, "\u00fc"));
        meanings.put("63e6b0b4", new Meaning<>(text, "\u6c34"));
        meanings.put("64f0908591", new Meaning<>(text, "\ud800\udd51"));
        meanings.put("7f657374726561646d696e67ff", new Meaning<>(text, "streaming"));
    }

    private static void arraysAndMaps(Map<String, Meaning<?>> meanings) {
        Codec<List<Integer>> integers = Cbor.of(INTEGERS);
        List<Integer> many = IntStream.rangeClosed(1, 25).boxed().toList();
        meanings.put("80", new Meaning<>(integers, List.of()));
        meanings.put("9fff", new Meaning<>(integers, List.of()));
        meanings.put("83010203", new Meaning<>(integers, List.of(1, 2, 3)));
        meanings.put("98190102030405060708090a0b0c0d0e0f101112131415161718181819", new Meaning<>(integers, many));
        meanings.put("9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", new Meaning<>(integers, many));
        Codec<Map<Integer, Integer>> map = Cbor.of(new TypeOf<Map<Integer, Integer>>() {});
        meanings.put("a0", new Meaning<>(map, Map.of()));
        meanings.put("a201020304", new Meaning<>(map, Map.of(1, 2, 3, 4)));
        Codec<AandB> aAndB = Cbor.of(AandB.class);
        meanings.put("a26161016162820203", new Meaning<>(aAndB, new AandB(1, List.of(2, 3))));
        meanings.put("bf61610161629f0203ffff", new Meaning<>(aAndB, new AandB(1, List.of(2, 3))));
        meanings.put("bf6346756ef563416d7421ff", new Meaning<>(Cbor.of(Fun.class), new Fun(true, -2)));
        meanings.put(
                "a56161614161626142616361436164614461656145",
                new Meaning<>(Cbor.of(Letters.class), new Letters("A", "B", "C", "D", "E")));
    }

    private record Meaning<T>(Codec<T> codec, T value) {}

    private interface Parse<T> {
        T parse(String text);
    }

    private static <T> void put(Map<String, Meaning<?>> meanings, String line, Codec<T> codec, Parse<T> parse) {
        String[] words = line.split(" ", 2);
        meanings.put(words[0], new Meaning<>(codec, parse.parse(words[1])));
    }

    private static List<Vector> vectors() {
        try (InputStream in = AppendixATest.class.getResourceAsStream("appendix-a.txt")) {
            List<Vector> vectors = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
                if (!line.startsWith("#")) {
                    String[] words = line.split(" ", 3);
                    vectors.add(new Vector(words[0], words[1].equals("preferred"), words[2]));
                }
            }
            return vectors;
        } catch (IOException failure) {
            return fail(failure);
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void describesEach(Vector vector) {
        assertThat(Cbor.describe(vector.bytes())).isEqualTo(vector.meaning);
    }

    @Test
    void decodesWhatJavaCanSayAndEncodesThePreferredForm() {
        Map<String, Meaning<?>> meanings = meanings();
        List<String> mixed = new ArrayList<>();
        for (Vector vector : vectors()) {
            Meaning<?> meaning = meanings.remove(vector.hex);
            if (meaning == null) {
                mixed.add(vector.meaning);
            } else {
                check(vector, meaning);
            }
        }
        assertThat(meanings.keySet()).as("meanings of no vector").isEmpty();
        assertThat(mixed)
                .as("vectors that no Java type describes: simple values, foreign tags, mixed arrays")
                .hasSize(12);
    }

    private static <T> void check(Vector vector, Meaning<T> meaning) {
        assertThat(meaning.codec.decode(vector.bytes())).as(vector.toString()).isEqualTo(meaning.value);
        boolean sameInJava = !vector.hex.matches("f7|c074.*|c1fb.*|f6");
        if (vector.preferred && sameInJava) {
            assertThat(HexFormat.of().formatHex(meaning.codec.encode(meaning.value)))
                    .as(vector.toString())
                    .isEqualTo(vector.hex);
        }
    }
}
