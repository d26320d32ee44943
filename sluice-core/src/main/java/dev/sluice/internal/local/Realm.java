package dev.sluice.internal.local;

import dev.sluice.space.Space.Item;
import dev.sluice.space.Space.Kind;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The objects that a name stands for, as long as somebody has it open.
///
/// Threads: any.
final class Realm {
    private static final int GONE = -1;
    private static final int LONGEST_NAME = 64;

    private final String name;
    private final ConcurrentMap<String, Monitor> objects = new ConcurrentHashMap<>();
    private final AtomicInteger openings; // GONE when the last was closed

    /// @param name empty for a realm that is entered once, by whoever makes it
    Realm(String name) {
        this.name = name;
        this.openings = new AtomicInteger(name.isEmpty() ? 1 : 0);
    }

    String name() {
        return name;
    }

    String address() {
        return "local:" + name;
    }

    /// One more opening.
    ///
    /// @return false if the last was closed
    boolean enter() {
        // Pairs with the update in leave: either this opening is counted there, or GONE is seen here.
        return openings.updateAndGet(now -> now == GONE ? GONE : now + 1) != GONE;
    }

    /// An opening was closed.
    void leave() {
        if (openings.updateAndGet(now -> now == 1 ? GONE : now - 1) == GONE) {
            LocalProvider.forget(this);
            objects.values().forEach(Monitor::disarm);
        }
    }

    /// Refuses what is no name.
    static void requireName(String operation, String text) {
        boolean good = !text.isEmpty()
                && text.length() <= LONGEST_NAME
                && text.charAt(0) != '.'
                && text.charAt(0) != '-'
                && text.chars().allMatch(Realm::mayStandInName);
        if (!good) {
            throw new IllegalArgumentException(
                    operation + ": name=" + text + ", expected 1.." + LONGEST_NAME + " of A-Z a-z 0-9 . _ -");
        }
    }

    private static boolean mayStandInName(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-';
    }

    /// The object of a name; made if there is none.
    ///
    /// @throws SpaceException `MISMATCH` if it is of another type
    <S extends Monitor> S object(Class<S> type, Kind kind, String object, Function<String, S> make) {
        requireName("open " + kind + " of " + address(), object);
        Monitor found = objects.computeIfAbsent(object, make);
        if (!type.isInstance(found)) {
            throw new SpaceException(
                    Problem.MISMATCH,
                    "open " + object + " of " + address() + ": kind=" + found.kind + ", expected " + kind);
        }
        return type.cast(found);
    }

    /// Takes an object away.
    boolean remove(String object) {
        @Nullable Monitor found = objects.remove(object);
        return found != null;
    }

    /// Takes an object away, if it is still this one.
    void remove(Monitor object) {
        objects.remove(object.name, object);
    }

    List<Item> list() {
        List<Item> items = new ArrayList<>();
        objects.forEach((object, monitor) -> items.add(new Item(object, monitor.kind)));
        items.sort(Comparator.comparing(Item::name));
        return List.copyOf(items);
    }

    /// Whether an object has not been taken away.
    boolean contains(Monitor object) {
        return objects.get(object.name) == object;
    }
}
