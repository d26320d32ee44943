package dev.sluice.process;

import dev.sluice.internal.linux.Spawn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The environment that a program gets: this process's, or another one, with changes.
///
/// Threads: immutable, but for what is worked out once and kept.
final class Environment {
    /// This process's.
    static final Environment INHERITED = new Environment(null, Map.of());

    private final @Nullable Map<String, String> whole; // instead of this process's
    private final Map<String, @Nullable String> changes; // null removes

    /// Worked out by whoever needs it first; racing threads work out the same. Pairs with the read in entries.
    private volatile @Nullable List<byte[]> entries;

    /// The last change, for those who make the same again, and with it its entries. Pairs with the read in
    /// changed.
    private volatile @Nullable Change last;

    private record Change(String name, @Nullable String value, Environment result) {}

    private Environment(@Nullable Map<String, String> whole, Map<String, @Nullable String> changes) {
        this.whole = whole;
        this.changes = changes;
    }

    Environment replaced(Map<String, String> by) {
        by.forEach(Environment::check);
        return new Environment(Map.copyOf(by), changes);
    }

    Environment changed(String name, @Nullable String value) {
        Change same = last; // pairs with the write below
        if (same != null && same.name.equals(name) && Objects.equals(same.value, value)) {
            return same.result;
        }
        check(name, value == null ? "" : value);
        var more = new TreeMap<String, @Nullable String>(changes);
        more.put(name, value);
        var result = new Environment(whole, Collections.unmodifiableMap(more));
        last = new Change(name, value, result); // pairs with the read above
        return result;
    }

    private static void check(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf(0) >= 0 || value.indexOf(0) >= 0) {
            throw new IllegalArgumentException("environment: variable '" + name + "'='" + value
                    + "', expected a name without =, and no NUL in either");
        }
    }

    /// As text, for the JDK.
    Map<String, String> texts() {
        var texts = new TreeMap<String, String>(whole != null ? whole : System.getenv());
        changes.forEach((name, value) -> {
            if (value == null) {
                texts.remove(name);
            } else {
                texts.put(name, value);
            }
        });
        return texts;
    }

    /// As bytes, `NAME=value` each: what this process got is passed on as it is. Without the mark of this
    /// process's own parent.
    List<byte[]> entries() {
        List<byte[]> known = entries;
        if (known == null) {
            known = List.copyOf(make());
            entries = known;
        }
        return known;
    }

    private List<byte[]> make() {
        List<byte[]> made = new ArrayList<>();
        if (whole != null) {
            whole.forEach((name, value) -> made.add(Command.bytes(name + "=" + value)));
        } else {
            made.addAll(Spawn.environment());
        }
        made.removeIf(entry -> {
            String name = nameOf(entry);
            return changes.containsKey(name) || name.equals(Guardian.VARIABLE);
        });
        changes.forEach((name, value) -> {
            if (value != null) {
                made.add(Command.bytes(name + "=" + value));
            }
        });
        return made;
    }

    private static String nameOf(byte[] entry) {
        int end = 0;
        while (end < entry.length && entry[end] != '=') {
            end++;
        }
        return new String(entry, 0, end, StandardCharsets.UTF_8);
    }
}
