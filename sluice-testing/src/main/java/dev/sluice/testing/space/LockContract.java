package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedCondition;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What the locks and conditions of every space do.
public abstract class LockContract extends SpaceFixture {
    /// For the subclass that says which space.
    protected LockContract() {}

    @Test
    void oneOwnerAtATime() {
        Space space = open();
        everywhere(actors -> {
            SharedLock lock = space.lock(fresh());
            int[] guarded = {0};
            for (int party = 0; party < 3; party++) {
                SharedLock own = party == 0 ? lock : open().lock(lock.name());
                actors.start(() -> {
                    for (int i = 0; i < 100; i++) {
                        own.run(() -> {
                            int now = guarded[0];
                            Sluice.yield();
                            guarded[0] = now + 1;
                        });
                    }
                });
            }
            actors.join();
            assertThat(guarded[0]).isEqualTo(300);
        });
    }

    @Test
    void whoHasItIsToldSo() {
        SharedLock lock = open().lock(fresh());
        SharedLock other = open().lock(lock.name());
        SharedLock.Held held = lock.acquire();
        assertThat(held.recovered()).isFalse();
        assertThat(held.fence()).isPositive();
        assertThatThrownBy(lock::acquire).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(lock::tryAcquire).isInstanceOf(IllegalStateException.class);
        assertThat(other.tryAcquire()).isEmpty();
        held.close();
        SharedLock.Held next = lock.tryAcquire().orElseThrow();
        assertThat(next.fence()).isGreaterThan(held.fence());
        held.close();
        assertThat(other.tryAcquire()).as("closing again does nothing").isEmpty();
        next.close();
        assertThat(lock.call(() -> 7)).isEqualTo(7);
    }

    @Test
    void theNextAfterAGoneOwnerIsToldUntilItIsRepaired() {
        Space stays = open();
        everywhere(actors -> {
            Space goes = open();
            SharedLock lock = stays.lock(fresh());
            SharedLock.Held forgotten = goes.lock(lock.name()).acquire();
            var waiter = actors.start(() -> {
                try (SharedLock.Held held = lock.acquire()) {
                    assertThat(held.recovered()).isTrue();
                }
            });
            assertThat(waiter).isNotDone();
            goes.close();
            actors.join();
            forgotten.close();
            try (SharedLock.Held held = lock.acquire()) {
                assertThat(held.recovered()).as("nobody has repaired it").isTrue();
                held.repaired();
                assertThat(held.recovered()).isFalse();
            }
            try (SharedLock.Held held = lock.acquire()) {
                assertThat(held.recovered()).isFalse();
            }
        });
    }

    @Test
    void aTaskThatEndsLosesIt() {
        SharedLock lock = open().lock(fresh());
        Sluice.run(() -> {
            TaskGroup.run(group -> group.start("forgetful", lock::acquire));
            try (SharedLock.Held held = lock.acquire()) {
                assertThat(held.recovered()).isTrue();
            }
        });
    }

    @Test
    void aCancelledAcquireHasNotGotIt() {
        Space space = open();
        everywhere(actors -> {
            SharedLock lock = space.lock(fresh());
            SharedLock.Held held = open().lock(lock.name()).acquire();
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        lock.acquire();
                    }))
                    .isFalse());
            await("it is about to wait", () -> scope.get() != null);
            scope.get().cancel("enough");
            actors.join();
            held.close();
            lock.acquire().close();
        });
    }

    @Test
    void closingASpaceEndsItsWaits() {
        Space stays = open();
        everywhere(actors -> {
            Space goes = open();
            SharedLock lock = stays.lock(fresh());
            SharedLock.Held held = lock.acquire();
            SharedLock other = goes.lock(lock.name());
            var waiter = actors.start(() -> assertFails(Problem.CLOSED, other::acquire));
            assertThat(waiter).isNotDone();
            goes.close();
            actors.join();
            held.close();
            lock.acquire().close();
        });
    }

    @Test
    void aSignalLetsOneGoOnAndAllLetAll() {
        Space space = open();
        everywhere(actors -> {
            SharedLock lock = space.lock(fresh());
            SharedCondition changed = space.condition(fresh());
            AtomicInteger waiting = new AtomicInteger();
            int[] guarded = {0};
            for (int party = 0; party < 3; party++) {
                SharedLock own = open().lock(lock.name());
                Space space2 = open();
                SharedLock its = space2.lock(lock.name());
                SharedCondition condition = space2.condition(changed.name());
                assertThat(own.name()).isEqualTo(its.name());
                actors.start(() -> {
                    try (SharedLock.Held held = its.acquire()) {
                        waiting.incrementAndGet();
                        condition.awaitUntil(held, () -> guarded[0] > 0);
                        guarded[0]--;
                    }
                });
            }
            await("all wait", () -> waiting.get() == 3);
            for (int i = 0; i < 3; i++) {
                lock.run(() -> {
                    guarded[0]++;
                    if (guarded[0] == 1) {
                        changed.signal();
                    } else {
                        changed.signalAll();
                    }
                });
            }
            actors.join();
            assertThat(guarded[0]).isZero();
        });
    }

    @Test
    void aCancelledWaitForASignalHasTheLock() {
        Space space = open();
        everywhere(actors -> {
            SharedLock lock = space.lock(fresh());
            SharedCondition condition = space.condition(fresh());
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> {
                try (SharedLock.Held held = lock.acquire()) {
                    assertThat(CancelScope.run(own -> {
                                scope.set(own);
                                condition.await(held);
                            }))
                            .isFalse();
                    assertThat(open().lock(lock.name()).tryAcquire())
                            .as("it has the lock")
                            .isEmpty();
                }
            });
            await("it waits", () -> scope.get() != null);
            SharedLock other = open().lock(lock.name());
            try (SharedLock.Held held = other.acquire()) {
                scope.get().cancel("enough");
                assertThat(held.recovered()).isFalse();
            }
            actors.join();
            lock.acquire().close();
        });
    }

    @Test
    void onlyOwnersWaitForASignal() {
        Space space = open();
        SharedLock lock = space.lock(fresh());
        SharedLock.Held held = lock.acquire();
        held.close();
        assertThatThrownBy(() -> space.condition(fresh()).await(held)).isInstanceOf(IllegalStateException.class);
    }
}
