package dev.sluice.channel;

import dev.sluice.time.Clock;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// What a channel holds, and in which order it gives it out.
///
/// Threads: whoever holds the channel's lock.
abstract class Store<T> {
    /// Takes a value; false if there is no room.
    ///
    /// @param rank where it stands among the others, for a store that sorts
    abstract boolean offer(T value, long rank);

    /// Gives out the next value, or null.
    abstract @Nullable T poll();

    /// Gives out the next value, due or not, or null.
    @Nullable T take() {
        return poll();
    }

    /// What [#poll] would give out; for a store that gives out values in their time.
    @Nullable T peek() {
        throw new UnsupportedOperationException("peek: values of this store have no time");
    }

    /// When the next value is due, for such a store while it is not empty.
    long due() {
        throw new UnsupportedOperationException("due: values of this store have no time");
    }

    abstract int size();

    abstract int capacity();

    /// The value that the last [#offer] gave up for the new one, or null; asking forgets it.
    @Nullable T dropped() {
        return null;
    }

    /// Makes more room below the capacity, for a store that does not by itself; false if it has.
    boolean extend() {
        return false;
    }

    /// Gives all values to a store that nobody else knows of, if it has to be used further; else itself.
    Store<T> takeAll() {
        return this;
    }

    static void checkCapacity(int capacity) {
        if (capacity < 1 || capacity > 1 << 30) {
            throw new IllegalArgumentException("channel: capacity=" + capacity + ", expected 1..2^30");
        }
    }

    /// Holds nothing, and never will: that of a rendezvous, and that of a channel whose values were taken away.
    static final class None<T> extends Store<T> {
        private final int capacity; // to be shown

        None(int capacity) {
            this.capacity = capacity;
        }

        @Override
        boolean offer(T value, long rank) {
            return false;
        }

        @Override
        @Nullable T poll() {
            return null;
        }

        @Override
        @Nullable T peek() {
            return null;
        }

        @Override
        int size() {
            return 0;
        }

        @Override
        int capacity() {
            return capacity;
        }
    }

    /// First in, first out, up to a limit. The array grows as far as it is needed.
    static final class Ring<T> extends Store<T> {
        private static final int FIRST = 16;

        private final int capacity;
        private @Nullable Object[] values;
        private int head;
        private int size;

        Ring(int capacity) {
            checkCapacity(capacity);
            this.capacity = capacity;
            this.values = new Object[Math.min(powerOfTwo(capacity), FIRST)];
        }

        private static int powerOfTwo(int least) {
            return least == 1 ? 1 : Integer.highestOneBit(least - 1) << 1;
        }

        @Override
        boolean offer(T value, long rank) {
            if (size == capacity) {
                return false;
            }
            if (size == values.length) {
                grow();
            }
            values[(head + size) & (values.length - 1)] = value;
            size++;
            return true;
        }

        private void grow() {
            @Nullable Object[] larger = new Object[values.length * 2];
            int tail = values.length - head;
            System.arraycopy(values, head, larger, 0, tail);
            System.arraycopy(values, 0, larger, tail, head);
            values = larger;
            head = 0;
        }

        @Override
        @SuppressWarnings("unchecked") // only offer puts something in
        @Nullable T poll() {
            if (size == 0) {
                return null;
            }
            T value = (T) values[head];
            values[head] = null;
            head = (head + 1) & (values.length - 1);
            size--;
            return value;
        }

        @Override
        int size() {
            return size;
        }

        @Override
        int capacity() {
            return capacity;
        }
    }

    /// The newest only.
    static final class Latest<T> extends Store<T> {
        private @Nullable T value;
        private @Nullable T dropped;

        @Override
        boolean offer(T newest, long rank) {
            dropped = value;
            value = newest;
            return true;
        }

        @Override
        @Nullable T poll() {
            T taken = value;
            value = null;
            return taken;
        }

        @Override
        @Nullable T dropped() {
            T given = dropped;
            dropped = null;
            return given;
        }

        @Override
        int size() {
            return value == null ? 0 : 1;
        }

        @Override
        int capacity() {
            return 1;
        }
    }

    /// First in, first out, without limit: a list of blocks, so that growing never copies.
    static final class Unlimited<T> extends Store<T> {
        private static final int BLOCK = 64;

        private static final class Block {
            final @Nullable Object[] values = new Object[BLOCK];

            @Nullable Block next;
        }

        private Block first = new Block();
        private Block last = first;
        private int head; // in first
        private int tail; // in last
        private int size;

        @Override
        boolean offer(T value, long rank) {
            if (tail == BLOCK) {
                Block block = new Block();
                last.next = block;
                last = block;
                tail = 0;
            }
            last.values[tail++] = value;
            size++;
            return true;
        }

        @Override
        @SuppressWarnings("unchecked") // only offer puts something in
        @Nullable T poll() {
            if (size == 0) {
                return null;
            }
            if (head == BLOCK) {
                Block next = first.next;
                assert next != null : "size=" + size + " beyond the last block";
                first = next;
                head = 0;
            }
            T value = (T) first.values[head];
            first.values[head++] = null;
            if (--size == 0) {
                // Everything is out: begin the only block anew.
                assert first == last;
                head = 0;
                tail = 0;
            }
            return value;
        }

        @Override
        int size() {
            return size;
        }

        @Override
        int capacity() {
            return Integer.MAX_VALUE;
        }
    }

    /// The least rank first, first in first out among equals, up to a limit.
    static sealed class Priority<T> extends Store<T> permits Delayed {
        private static final Comparator<Entry<?>> ORDER =
                Comparator.<Entry<?>>comparingLong(Entry::rank).thenComparingLong(Entry::number);

        record Entry<T>(T value, long rank, long number) {}

        private final int capacity;
        final PriorityQueue<Entry<T>> queue = new PriorityQueue<>(ORDER);
        private long number;

        Priority(int capacity) {
            checkCapacity(capacity);
            this.capacity = capacity;
        }

        @Override
        boolean offer(T value, long rank) {
            return queue.size() < capacity && queue.offer(new Entry<>(value, rank, number++));
        }

        @Override
        @Nullable T poll() {
            Entry<T> least = queue.poll();
            return least == null ? null : least.value;
        }

        @Override
        int size() {
            return queue.size();
        }

        @Override
        int capacity() {
            return capacity;
        }
    }

    /// Each value in its time, which is its rank: the earliest first, none before.
    static final class Delayed<T> extends Priority<T> {
        private final Clock clock;

        Delayed(int capacity, Clock clock) {
            super(capacity);
            this.clock = clock;
        }

        @Override
        @Nullable T poll() {
            return peek() == null ? null : take();
        }

        @Override
        @Nullable T take() {
            return super.poll();
        }

        @Override
        @Nullable T peek() {
            Entry<T> earliest = queue.peek();
            return earliest == null || earliest.rank() > clock.nanoTime() ? null : earliest.value();
        }

        @Override
        long due() {
            Entry<T> earliest = queue.peek();
            assert earliest != null;
            return earliest.rank();
        }
    }
}
