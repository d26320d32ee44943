package dev.sluice.internal.shm;

import dev.sluice.space.sync.SharedCondition;
import dev.sluice.space.sync.SharedLock;
import java.io.IOException;

/// A condition between processes: the word counts the signals. Who waits goes on when it has changed, so one
/// signal may end several waits.
///
/// Threads: any.
final class ShmCondition extends SharedWords implements SharedCondition {
    private final ShmSpace space;

    private ShmCondition(ShmSpace space, String name, SharedFile file) {
        super(name, file);
        this.space = space;
    }

    static ShmCondition open(ShmSpace space, SharedDirectory directory, String name) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.CONDITION,
                new FileHeader.Limits(0, 0, 0, 0),
                layout(0),
                file -> new ShmCondition(space, name, file));
    }

    @Override
    public void await(SharedLock.Held held) {
        if (!(held instanceof ShmLock.Ownership own) || own.space() != space) {
            throw new IllegalArgumentException(
                    "await a signal of " + this + ": lock=" + held + ", expected one of the same opening");
        }
        own.requireHeld();
        long before = mapped(this::word);
        own.close();
        try {
            await(() -> word() != before);
        } finally {
            own.enterAgain();
        }
    }

    @Override
    public void signal() {
        mapped(() -> {
            mapping().getAndAddLong(at(WORD), 1); // pairs with the getLongVolatile in word
            Steps.at("condition.signalled");
            ring();
            return this;
        });
    }

    @Override
    public void signalAll() {
        signal();
    }
}
