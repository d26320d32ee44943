package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A map as a map, ordered by the bytes of its keys. What is decoded cannot be modified, and keeps the order in
/// which it came; a key that comes twice is refused.
///
/// @param <K> the keys
/// @param <V> the values
final class MapSchema<K, V> extends Schema<Map<K, V>> {
    private final Schema<K> key;
    private final Schema<V> value;

    MapSchema(Schema<K> key, Schema<V> value) {
        this.key = key;
        this.value = value;
    }

    /// An entry whose key is encoded already.
    private static final class Entry<K, V> {
        final byte[] key;
        final K name;
        final V value;

        Entry(byte[] key, K name, V value) {
            this.key = key;
            this.name = name;
            this.value = value;
        }
    }

    @Override
    void write(Map<K, V> map, WireOutput out) {
        out.enter();
        List<Entry<K, V>> entries = new ArrayList<>();
        WireOutput scratch = scratch(out);
        map.forEach((k, v) -> {
            key.writeChecked(k, scratch);
            entries.add(new Entry<>(taken(scratch), k, v));
        });
        entries.sort((a, b) -> Arrays.compareUnsigned(a.key, b.key));
        requireDifferent(entries.stream().map(entry -> entry.key).toList());
        CborWriter.map(out, entries.size());
        for (Entry<K, V> entry : entries) {
            out.put(entry.key);
            try {
                value.writeChecked(entry.value, out);
            } catch (CodecException failure) {
                throw failure.at(step(entry.name));
            }
        }
        out.leave();
    }

    /// Where keys are encoded before they are sorted.
    static WireOutput scratch(WireOutput out) {
        WireOutput scratch = WireOutput.growing(64, Integer.MAX_VALUE - 8);
        scratch.begin(out.limits);
        scratch.depth = out.depth;
        return scratch;
    }

    static byte[] taken(WireOutput scratch) {
        byte[] bytes = scratch.toByteArray();
        scratch.position(0);
        return bytes;
    }

    /// @param sorted encoded items
    static void requireDifferent(List<byte[]> sorted) {
        for (int i = 1; i < sorted.size(); i++) {
            if (Arrays.equals(sorted.get(i - 1), sorted.get(i))) {
                throw CodecException.of(
                        UNENCODABLE,
                        "two with the encoding=" + Diagnostic.excerpt(ByteBuffer.wrap(sorted.get(i))),
                        "keys and elements that differ");
            }
        }
    }

    /// A key in a path. Others than these may be slow to print: a big integer of a million digits.
    private static String step(Object key) {
        return switch (key) {
            case String text -> "[" + Diagnostic.printable(text) + "]";
            case Integer _, Long _, Short _, Byte _, Character _, Boolean _, Enum<?> _, UUID _ -> "[" + key + "]";
            default -> "[" + key.getClass().getSimpleName() + "]";
        };
    }

    @Override
    Map<K, V> read(CborReader in) {
        int count = in.map(expected());
        Map<K, V> map = new LinkedHashMap<>();
        for (int read = 0; in.more(count, read); read++) {
            int start = in.in.position();
            K k;
            try {
                k = key.read(in);
                if (map.containsKey(k)) {
                    throw in.refused(start, "no key twice");
                }
            } catch (CodecException failure) {
                throw failure.at("[key " + read + "]");
            }
            try {
                map.put(k, value.read(in));
            } catch (CodecException failure) {
                throw failure.at(step(k));
            }
        }
        in.leave();
        return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(map);
    }

    @Override
    String expected() {
        return "a map";
    }
}
