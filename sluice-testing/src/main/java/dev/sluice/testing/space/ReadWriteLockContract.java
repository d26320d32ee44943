package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedReadWriteLock;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What the locks for readers and writers of every space do.
public abstract class ReadWriteLockContract extends SpaceFixture {
    /// For the subclass that says which space.
    protected ReadWriteLockContract() {}

    @Test
    void readersShareAndWritersDoNot() {
        Space space = open();
        everywhere(actors -> {
            SharedReadWriteLock lock = space.readWriteLock(fresh());
            AtomicInteger readers = new AtomicInteger();
            AtomicInteger writers = new AtomicInteger();
            for (int party = 0; party < 4; party++) {
                boolean writes = party % 2 == 0;
                SharedReadWriteLock own = open().readWriteLock(lock.name());
                actors.start(() -> {
                    for (int i = 0; i < 50; i++) {
                        (writes ? own.write() : own.read()).run(() -> {
                            (writes ? writers : readers).incrementAndGet();
                            Sluice.yield();
                            assertThat(writers.get()).isLessThanOrEqualTo(writes ? 1 : 0);
                            assertThat(writes ? readers.get() : 0).isZero();
                            (writes ? writers : readers).decrementAndGet();
                        });
                    }
                });
            }
            actors.join();
        });
    }

    @Test
    void readersShare() {
        Space one = open();
        SharedReadWriteLock lock = one.readWriteLock(fresh());
        SharedReadWriteLock other = open().readWriteLock(lock.name());
        try (SharedLock.Held first = lock.read().acquire();
                SharedLock.Held second = other.read().acquire()) {
            assertThat(first.recovered() || second.recovered()).isFalse();
            assertThat(open().readWriteLock(lock.name()).write().tryAcquire()).isEmpty();
            assertThatThrownBy(() -> lock.write().acquire()).isInstanceOf(IllegalStateException.class);
        }
        lock.write().acquire().close();
        assertFails(Problem.MISMATCH, () -> one.lock(lock.name()));
    }

    @Test
    void aGoneReaderIsForgottenAndAGoneWriterTold() {
        Space stays = open();
        SharedReadWriteLock lock = stays.readWriteLock(fresh());
        Space reader = open();
        reader.readWriteLock(lock.name()).read().acquire();
        reader.close();
        try (SharedLock.Held held = lock.write().acquire()) {
            assertThat(held.recovered()).isFalse();
        }
        Space writer = open();
        writer.readWriteLock(lock.name()).write().acquire();
        writer.close();
        try (SharedLock.Held held = lock.read().acquire()) {
            assertThat(held.recovered()).isTrue();
        }
        try (SharedLock.Held held = lock.write().acquire()) {
            assertThat(held.recovered()).isTrue();
            held.repaired();
        }
        try (SharedLock.Held held = lock.read().acquire()) {
            assertThat(held.recovered()).isFalse();
        }
    }

    @Test
    void aWaitingWriterKeepsFurtherReadersOut() {
        Space space = open();
        everywhere(actors -> {
            SharedReadWriteLock lock = space.readWriteLock(fresh());
            SharedLock.Held first = lock.read().acquire();
            SharedReadWriteLock other = open().readWriteLock(lock.name());
            actors.start(() -> other.write().acquire().close());
            SharedLock third = open().readWriteLock(lock.name()).read();
            await("no further reader enters", () -> {
                var entered = third.tryAcquire();
                entered.ifPresent(SharedLock.Held::close);
                return entered.isEmpty();
            });
            first.close();
            actors.join();
            third.acquire().close();
        });
    }
}
