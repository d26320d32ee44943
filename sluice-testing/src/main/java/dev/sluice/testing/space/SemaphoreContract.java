package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedSemaphore;
import dev.sluice.sync.Hold;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What the semaphores of every space do.
public abstract class SemaphoreContract extends SpaceFixture {
    /// For the subclass that says which space.
    protected SemaphoreContract() {}

    @Test
    void permitsHaveANumber() {
        Space space = open();
        everywhere(actors -> {
            SharedSemaphore semaphore = space.semaphore(fresh(), 2);
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            for (int party = 0; party < 4; party++) {
                actors.start(() -> {
                    for (int i = 0; i < 50; i++) {
                        semaphore.run(() -> {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            Sluice.yield();
                            inside.decrementAndGet();
                        });
                    }
                });
            }
            actors.join();
            assertThat(most.get()).isBetween(1, 2);
            assertThat(semaphore.available()).isEqualTo(2);
        });
    }

    @Test
    void aPermitIsGivenBackOnce() {
        Space space = open();
        SharedSemaphore semaphore = space.semaphore(fresh(), 2);
        Hold one = semaphore.acquire();
        Optional<Hold> two = semaphore.tryAcquire();
        assertThat(two).isPresent();
        assertThat(semaphore.tryAcquire()).isEmpty();
        assertThat(semaphore.available()).isZero();
        one.close();
        one.close();
        assertThat(semaphore.available()).isEqualTo(1);
        two.orElseThrow().close();
        assertThat(semaphore.available()).isEqualTo(2);
        assertThat(semaphore.permits()).isEqualTo(2);
        assertFails(Problem.MISMATCH, () -> open().semaphore(semaphore.name(), 3));
    }

    @Test
    void permitsOfTheGoneReturn() {
        Space stays = open();
        everywhere(actors -> {
            Space goes = open();
            SharedSemaphore semaphore = stays.semaphore(fresh(), 1);
            SharedSemaphore other = goes.semaphore(semaphore.name(), 1);
            Hold forgotten = other.acquire();
            var waiter = actors.start(() -> semaphore.acquire().close());
            assertThat(waiter).isNotDone();
            goes.close();
            actors.join();
            forgotten.close();
            assertThat(semaphore.available()).isEqualTo(1);
        });
        SharedSemaphore semaphore = stays.semaphore(fresh(), 1);
        Sluice.run(() -> {
            TaskGroup.run(group -> group.start("forgetful", semaphore::acquire));
            semaphore.acquire().close();
        });
    }

    @Test
    void aCancelledAcquireHasGotNothing() {
        Space space = open();
        everywhere(actors -> {
            SharedSemaphore semaphore = space.semaphore(fresh(), 1);
            Hold held = semaphore.acquire();
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        semaphore.acquire();
                    }))
                    .isFalse());
            await("it is about to wait", () -> scope.get() != null);
            scope.get().cancel("enough");
            actors.join();
            held.close();
            assertThat(semaphore.available()).isEqualTo(1);
        });
    }

    @Test
    void closingASpaceEndsItsWaits() {
        everywhere(actors -> {
            Space goes = open();
            SharedSemaphore semaphore = goes.semaphore(fresh(), 1);
            assertThat(goes.semaphore(semaphore.name(), 1).tryAcquire()).isPresent();
            actors.start(() -> assertFails(Problem.CLOSED, semaphore::acquire));
            goes.close();
            actors.join();
        });
    }
}
