package dev.sluice.internal.local;

import dev.sluice.space.Queue;
import dev.sluice.space.Space.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The items of a queue.
///
/// Invariant: each item that is not done is in one of `levels`, in `delayed`, or counted in `leased`.
/// Threads: any; what has no lock of its own is called under the lock.
final class QueueState extends Monitor {
    /// One item, which is in one place at a time.
    static final class Entry {
        final byte[] bytes;
        final int level;
        int deliveries; // whoever has the item
        private long due; // guarded by the lock

        private Entry(byte[] bytes, int level) {
            this.bytes = bytes;
            this.level = level;
        }
    }

    /// Stands for the end, where a taker gets an item.
    static final Entry END = new Entry(new byte[0], 0);

    private final Queue.Options options;
    final Line takers = newLine("take");
    final Line putters = newLine("put");
    final Line joiners = newLine("join");

    // Guarded by the lock.
    private final List<Deque<Entry>> levels = new ArrayList<>();
    private final PriorityQueue<Entry> delayed = new PriorityQueue<>(Comparator.comparingLong(entry -> entry.due));
    private int waiting;
    private int leased;
    private boolean finished;
    private long put;
    private long done;
    private long returned;
    private long dead;

    QueueState(Realm realm, String name, Queue.Options options) {
        super(realm, Kind.QUEUE, name);
        this.options = options;
        for (int level = 0; level < options.levels(); level++) {
            levels.add(new ArrayDeque<>());
        }
    }

    Queue.Options options() {
        return options;
    }

    private int notDone() {
        return waiting + delayed.size() + leased;
    }

    boolean finished() {
        return finished;
    }

    /// Whether a putter need not wait: for room, or because it is refused.
    boolean hasRoom() {
        return finished || notDone() < options.capacity();
    }

    /// @return false if the queue is finished
    boolean put(byte[] bytes, int level) {
        if (finished) {
            return false;
        }
        assert notDone() < options.capacity();
        put++;
        waiting++;
        levels.get(level).addLast(new Entry(bytes, level));
        return true;
    }

    boolean hasItem() {
        return waiting > 0 || ended();
    }

    /// Whether everything that was put is done.
    boolean allDone() {
        return notDone() == 0;
    }

    private boolean ended() {
        return finished && allDone();
    }

    /// @return [#END] if nothing can come any more
    Entry take() {
        for (Deque<Entry> level : levels) {
            Entry entry = level.pollFirst();
            if (entry != null) {
                waiting--;
                leased++;
                entry.deliveries++;
                return entry;
            }
        }
        assert ended();
        return END;
    }

    /// An item is done. Locks.
    void done() {
        change(() -> {
            leased--;
            done++;
            return this;
        });
    }

    /// Whether an item was delivered as often as may be. Whoever has the item.
    boolean hopeless(Entry entry) {
        return options.deliveries() > 0 && entry.deliveries >= options.deliveries();
    }

    /// An item was not done. Locks.
    ///
    /// @param delay in nanoseconds
    /// @param graveyard where it goes, or null
    void giveBack(Entry entry, long delay, @Nullable QueueState graveyard) {
        // In between the item is leased here, though it is there: counted twice rather than not at all.
        boolean buried = graveyard != null && graveyard.bury(entry);
        change(() -> {
            leased--;
            returned++;
            if (buried) {
                dead++;
            } else if (delay > 0) {
                entry.due = later(now(), delay);
                delayed.add(entry);
                ringAt(entry.due);
            } else {
                again(entry);
            }
            return this;
        });
    }

    private boolean bury(Entry entry) {
        return change(() -> hasRoom() && put(entry.bytes, Math.min(entry.level, options.levels() - 1)));
    }

    private void again(Entry entry) {
        waiting++;
        levels.get(entry.level).addFirst(entry);
    }

    @Override
    void rang(long now) {
        for (Entry first = delayed.peek(); first != null; first = delayed.peek()) {
            if (first.due - now > 0) {
                ringAt(first.due);
                return;
            }
            delayed.remove();
            again(first);
        }
    }

    /// Locks.
    boolean finish() {
        return change(() -> {
            boolean first = !finished;
            finished = true;
            return first;
        });
    }

    /// Locks.
    Queue.Statistics statistics(LocalSpace opening) {
        return look(() -> new Queue.Statistics(
                waiting,
                delayed.size(),
                leased,
                takers.waits(opening),
                putters.waits(opening),
                new Queue.Totals(put, done, returned, dead)));
    }
}
