package dev.sluice.internal.shm;

import dev.sluice.space.sync.SharedCounter;
import java.io.IOException;

/// A counter between processes: the word is the number.
///
/// Threads: any.
final class ShmCounter extends SharedWords implements SharedCounter {
    private ShmCounter(String name, SharedFile file) {
        super(name, file);
    }

    static ShmCounter open(SharedDirectory directory, String name) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.COUNTER,
                new FileHeader.Limits(0, 0, 0, 0),
                layout(0),
                file -> new ShmCounter(name, file));
    }

    @Override
    public long get() {
        return mapped(this::word);
    }

    @Override
    public long add(long delta) {
        return mapped(() -> {
            // Pairs with the getLongVolatile in word.
            long now = mapping().getAndAddLong(at(WORD), delta) + delta;
            Steps.at("counter.changed");
            ring();
            return now;
        });
    }

    @Override
    public void set(long value) {
        mapped(() -> {
            mapping().putLongVolatile(at(WORD), value); // pairs with the getLongVolatile in word
            Steps.at("counter.changed");
            ring();
            return this;
        });
    }

    @Override
    public boolean compareAndSet(long expected, long value) {
        return mapped(() -> {
            boolean same = replace(expected, value);
            if (same) {
                Steps.at("counter.changed");
                ring();
            }
            return same;
        });
    }

    @Override
    public long awaitAtLeast(long value) {
        await(() -> word() >= value);
        long now = get();
        return Math.max(now, value); // it may have gone down again
    }
}
