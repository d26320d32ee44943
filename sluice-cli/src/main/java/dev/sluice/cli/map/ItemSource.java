package dev.sluice.cli.map;

import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The items between the reader of the input, which runs ahead by so many bytes, and the workers, who take them
/// one by one.
///
/// Reading ahead is what makes the time left known for inputs of usual size: the total is known once the reader
/// has seen the end.
///
/// Threads: `put` and `end` by the reader, `next` by one worker at a time, the rest any.
final class ItemSource {
    private static final int READ_AHEAD = 1024 * 1024;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Block(byte[] bytes, int length) {}

    private final byte delimiter;
    private final long size;
    private final ItemSplitter splitter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private volatile boolean stopped; // set once; the lock orders it with waits

    // Guarded by lock.
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();
    private int waiting; // bytes in blocks
    private long read;
    private long seen; // items whose end the reader has seen
    private boolean openItem; // bytes behind the last delimiter
    private boolean ended;

    /// @param size of the input in bytes if it is a file, else 0
    ItemSource(byte delimiter, long size) {
        this.delimiter = delimiter;
        this.size = size;
        this.splitter = new ItemSplitter(delimiter);
    }

    /// Adds a block, which the source owns from now on. Waits while there is enough.
    void put(byte[] bytes, int length) {
        assert length > 0 : "put: length=" + length;
        int delimiters = count(bytes, length);
        lock.lock();
        try {
            while (waiting >= READ_AHEAD && !stopped) {
                Waiting.on(changed);
            }
            blocks.add(new Block(bytes, length));
            waiting += length;
            read += length;
            seen += delimiters;
            openItem = bytes[length - 1] != delimiter;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The input is over.
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Nobody wants more items: from now on there are none.
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The next item, null after the last. Waits for it.
    @Nullable Item next() {
        while (!stopped) {
            Item item = splitter.next();
            if (item != null) {
                return item;
            }
            Block block = take();
            if (block == null) {
                return stopped ? null : splitter.last();
            }
            splitter.feed(block.bytes(), block.length());
        }
        return null;
    }

    private @Nullable Block take() {
        lock.lock();
        try {
            while (blocks.isEmpty() && !ended && !stopped) {
                Waiting.on(changed);
            }
            Block block = blocks.poll();
            if (block != null) {
                waiting -= block.length();
                changed.signalAll();
            }
            return block;
        } finally {
            lock.unlock();
        }
    }

    /// How many items the whole input has, if its end has been read.
    OptionalLong known() {
        lock.lock();
        try {
            return ended ? OptionalLong.of(seen + (openItem ? 1 : 0)) : OptionalLong.empty();
        } finally {
            lock.unlock();
        }
    }

    /// How many items the whole input has: known when its end has been read, guessed by the size of a file
    /// before.
    OptionalLong total() {
        lock.lock();
        try {
            if (ended) {
                return known();
            }
            return size > 0 && read > 0
                    ? OptionalLong.of(Math.round((double) seen * Math.max(size, read) / read))
                    : OptionalLong.empty();
        } finally {
            lock.unlock();
        }
    }

    private int count(byte[] bytes, int length) {
        int count = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == delimiter) {
                count++;
            }
        }
        return count;
    }
}
