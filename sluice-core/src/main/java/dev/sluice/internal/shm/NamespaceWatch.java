package dev.sluice.internal.shm;

import dev.sluice.channel.Received;
import dev.sluice.internal.space.Incoming;
import dev.sluice.internal.strand.Strand;
import dev.sluice.space.Namespace.Change;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Namespace.Watch;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A watch of a namespace between processes. It reads the table's log of changes from where it was, and where
/// the log has gone past it, all slots. What it remembers is which key it has seen in which slot, and which
/// version of a key it has given; so the namespace need not know of it.
///
/// Invariant: a key that was not given in its present state is pending, or its change comes after `seen`.
///
/// Threads: any. `lock` guards what it remembers; nobody waits with it.
final class NamespaceWatch implements Watch {
    private final NamespaceWords words;
    private final BlockTable table;
    private final String prefix;
    private final WaitPoint point;
    private final ReentrantLock lock = new ReentrantLock(); // of strands; nobody waits with it

    private volatile boolean ended; // pairs with itself: set before those who wait are woken

    private volatile long seen = -1; // the version up to which the log was read; written under lock, pairs with itself

    // Guarded by lock.
    private final Map<Integer, String> keys = new HashMap<>(); // by slot
    private final Map<String, Long> given = new HashMap<>();
    private final Set<String> pending = new LinkedHashSet<>();
    private volatile boolean anyPending; // written under lock; pairs with the read in mayGive

    NamespaceWatch(NamespaceWords words, String prefix) {
        this.words = words;
        this.table = words.table();
        this.prefix = prefix;
        this.point = words.newPoint(this::mayGive);
        words.list(prefix).forEach(entry -> pending.add(entry.key()));
        words.mapped(() -> {
            lock.lock();
            try {
                catchUp();
                return this;
            } finally {
                lock.unlock();
            }
        });
    }

    private boolean mayGive() {
        return ended || anyPending || BlockTable.versionOf(table.settle()) != seen;
    }

    // ---- reading the log

    /// Makes pending what has changed.
    private void catchUp() {
        long now = BlockTable.versionOf(table.settle());
        long from = seen;
        boolean logged = from >= 0 && now - from <= table.log();
        for (long version = from + 1; logged && version <= now; version++) {
            int slot = table.changed(version);
            logged = slot >= 0;
            if (logged) {
                look(slot);
            }
        }
        if (!logged) {
            for (int slot = 0; slot < table.slots(); slot++) {
                look(slot);
            }
        }
        seen = now;
        anyPending = !pending.isEmpty();
    }

    private void look(int slot) {
        String key = words.keyIn(slot);
        String before;
        if (key != null && key.startsWith(prefix)) {
            before = keys.put(slot, key);
            pending.add(key);
        } else {
            before = keys.remove(slot);
        }
        if (before != null && !before.equals(key)) {
            pending.add(before);
        }
    }

    /// The first of what is pending and still news.
    private @Nullable Change first() {
        while (!pending.isEmpty()) {
            Iterator<String> first = pending.iterator();
            String key = first.next();
            first.remove();
            anyPending = !pending.isEmpty();
            Entry entry = words.get(key);
            if (entry == null) {
                if (given.remove(key) != null) {
                    return new Change.Removed(key);
                }
            } else if (!Long.valueOf(entry.version()).equals(given.put(key, entry.version()))) {
                return new Change.Put(entry);
            }
        }
        return null;
    }

    private @Nullable Change tryNext() {
        return words.mapped(() -> {
            lock.lock();
            try {
                if (ended) {
                    return null;
                }
                catchUp();
                return first();
            } finally {
                lock.unlock();
            }
        });
    }

    // ---- giving

    /// @return null at the end
    private @Nullable Change take() {
        Strand.current().checkpoint();
        Change change = tryNext();
        while (change == null && !ended) {
            point.await(this);
            change = tryNext();
        }
        point.passOn();
        return change;
    }

    @Override
    public Change next() {
        Change change = take();
        if (change == null) {
            throw new SpaceException(Problem.FINISHED, "watch " + words + ": the watch was closed");
        }
        return change;
    }

    @Override
    public Optional<Change> poll() {
        return Optional.ofNullable(tryNext());
    }

    @Override
    public void close() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
        point.wakeAll();
        words.forget(point);
    }

    @Override
    public Iterator<Change> iterator() {
        return new Incoming<>(() -> {
            Change change = take();
            return change == null ? new Received.Done<>() : new Received.Value<>(change);
        });
    }

    @Override
    public String toString() {
        return "watch of " + words;
    }
}
