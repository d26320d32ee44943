package dev.sluice.internal.shm;

import dev.sluice.space.sync.SharedEvent;
import java.io.IOException;

/// An event between processes.
///
///     word: 63 … 1 how often it was set | 0 whether it is
///
/// Who waits goes on when it is set, or has been set again since.
///
/// Threads: any.
final class ShmEvent extends SharedWords implements SharedEvent {
    private static final long SET = 1;
    private static final long ONE_MORE = 2;

    private ShmEvent(String name, SharedFile file) {
        super(name, file);
    }

    static ShmEvent open(SharedDirectory directory, String name) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.EVENT,
                new FileHeader.Limits(0, 0, 0, 0),
                layout(0),
                file -> new ShmEvent(name, file));
    }

    @Override
    public boolean set() {
        return mapped(() -> {
            for (long now = word(); !isSet(now); now = word()) {
                if (replace(now, now + ONE_MORE | SET)) {
                    Steps.at("event.set");
                    ring();
                    return true;
                }
            }
            return false;
        });
    }

    @Override
    public boolean clear() {
        return mapped(() -> {
            for (long now = word(); isSet(now); now = word()) {
                if (replace(now, now & ~SET)) {
                    return true;
                }
            }
            return false;
        });
    }

    private static boolean isSet(long word) {
        return (word & SET) != 0;
    }

    @Override
    public boolean isSet() {
        return isSet(mapped(this::word));
    }

    @Override
    public void await() {
        long before = mapped(this::word) & ~SET;
        await(() -> isSet(word()) || (word() & ~SET) != before);
    }
}
