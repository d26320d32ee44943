package dev.sluice.internal.local;

import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Change;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Namespace.Lifetime;
import dev.sluice.space.Space.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The entries of a namespace, and who watches them.
///
/// Invariant: a key that a watch has not shown in its present state is in the watch's `pending`.
/// Threads: any; what has no lock of its own is called under the lock.
final class NamespaceState extends Monitor {
    /// @param owner whose closing takes the entry away, or null
    /// @param due when time does, or the end of all time
    private record Stored(Entry entry, @Nullable LocalSpace owner, long due) {}

    private record Due(String key, long version, long at) {}

    /// What one watch has not shown.
    final class Pending {
        private final LocalSpace opening;
        private final String prefix;
        private final LinkedHashSet<String> pending = new LinkedHashSet<>();
        private final Set<String> shown = new HashSet<>(); // keys that it believes to be there
        final Line watchers = newLine("watch");
        private boolean ended;

        private Pending(LocalSpace opening, String prefix) {
            this.opening = opening;
            this.prefix = prefix;
        }

        private void changed(String key, boolean exists) {
            if (!key.startsWith(prefix)) {
                return;
            }
            if (exists || shown.contains(key)) {
                pending.add(key);
            } else {
                pending.remove(key); // it came and went unseen
            }
        }

        boolean hasChange() {
            return ended || !pending.isEmpty();
        }

        /// @return [#END] if nothing can come any more
        Change next() {
            if (ended) {
                return END;
            }
            String key = pending.removeFirst();
            Stored stored = entries.get(key);
            if (stored != null) {
                shown.add(key);
                return new Change.Put(stored.entry);
            }
            shown.remove(key);
            return new Change.Removed(key);
        }
    }

    /// Stands for the end, where a watch gets a change.
    static final Change END = new Change.Removed("");

    /// Stands for a full namespace, where a change gets its version.
    static final long FULL = -1;

    /// Stands for another version than was expected.
    static final long DIFFERENT = -2;

    private static final long ANY_VERSION = -1;
    private static final long NEVER = Long.MAX_VALUE;

    private final Namespace.Options options;

    // Guarded by the lock.
    private final NavigableMap<String, Stored> entries = new TreeMap<>();
    private final PriorityQueue<Due> dues = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    private final List<Pending> watches = new ArrayList<>();
    private long versions;

    NamespaceState(Realm realm, String name, Namespace.Options options) {
        super(realm, Kind.NAMESPACE, name);
        this.options = options;
    }

    Namespace.Options options() {
        return options;
    }

    /// Locks.
    @Nullable Entry get(String key) {
        lock();
        try {
            expire(now());
            Stored stored = entries.get(key);
            return stored == null ? null : stored.entry;
        } finally {
            unlock();
        }
    }

    /// Locks.
    List<Entry> list(String prefix) {
        return change(() -> {
            expire(now());
            List<Entry> found = new ArrayList<>();
            for (Stored stored : entries.tailMap(prefix, true).values()) {
                if (!stored.entry.key().startsWith(prefix)) {
                    break;
                }
                found.add(stored.entry);
            }
            return found;
        });
    }

    /// Stores whatever is there. Locks.
    ///
    /// @return the version, or [#FULL]
    long put(LocalSpace opening, String key, byte[] bytes, Lifetime lifetime) {
        return replace(opening, key, bytes, lifetime, ANY_VERSION);
    }

    /// Locks.
    ///
    /// @return the version, [#FULL], or [#DIFFERENT]
    long replace(LocalSpace opening, String key, byte[] bytes, Lifetime lifetime, long expected) {
        return change(() -> {
            opening.requireOpen("put", this);
            long now = now();
            expire(now);
            Stored old = entries.get(key);
            if (expected != ANY_VERSION && expected != (old == null ? 0 : old.entry.version())) {
                return DIFFERENT;
            }
            if (old == null && entries.size() == options.keys()) {
                return FULL;
            }
            store(key, bytes, lifetime.owned() ? opening : null, due(now, lifetime));
            return versions;
        });
    }

    private static long due(long now, Lifetime lifetime) {
        return lifetime.expiry().map(time -> later(now, time.toNanos())).orElse(NEVER);
    }

    private void store(String key, byte[] bytes, @Nullable LocalSpace owner, long due) {
        Entry entry = new Entry(key, ++versions, bytes);
        entries.put(key, new Stored(entry, owner, due));
        if (due != NEVER) {
            dues.add(new Due(key, entry.version(), due));
            ringAt(due);
        }
        watches.forEach(watch -> watch.changed(key, true));
    }

    /// Locks.
    ///
    /// @param expected a version, or 0 for any
    boolean remove(LocalSpace opening, String key, long expected) {
        return change(() -> {
            opening.requireOpen("remove from", this);
            expire(now());
            Stored old = entries.get(key);
            boolean present = old != null && (expected == 0 || old.entry.version() == expected);
            if (present) {
                vanish(key);
            }
            return present;
        });
    }

    private void vanish(String key) {
        entries.remove(key);
        versions++;
        watches.forEach(watch -> watch.changed(key, false));
    }

    /// Takes away what is due. Each key has as many dues as it was stored with an expiry; the last one counts.
    private void expire(long now) {
        for (Due first = dues.peek(); first != null && first.at - now <= 0; first = dues.peek()) {
            dues.remove();
            Stored stored = entries.get(first.key);
            if (stored != null && stored.entry.version() == first.version) {
                vanish(first.key);
            }
        }
    }

    @Override
    void rang(long now) {
        expire(now);
        Due first = dues.peek();
        if (first != null) {
            ringAt(first.at);
        }
    }

    @Override
    void closed(LocalSpace opening) {
        for (String key : List.copyOf(entries.keySet())) {
            Stored stored = entries.get(key);
            if (stored != null && stored.owner == opening) {
                vanish(key);
            }
        }
        for (Pending watch : List.copyOf(watches)) {
            if (watch.opening == opening) {
                end(watch);
            }
        }
    }

    /// Locks.
    Pending watch(LocalSpace opening, String prefix) {
        Pending watch = new Pending(opening, prefix);
        return change(() -> {
            expire(now());
            for (String key : entries.tailMap(prefix, true).keySet()) {
                if (!key.startsWith(prefix)) {
                    break;
                }
                watch.pending.add(key);
            }
            watches.add(watch);
            return watch;
        });
    }

    /// Locks.
    void unwatch(Pending watch) {
        change(() -> end(watch));
        remove(watch.watchers);
    }

    private boolean end(Pending watch) {
        watch.ended = true;
        watch.pending.clear();
        return watches.remove(watch);
    }
}
