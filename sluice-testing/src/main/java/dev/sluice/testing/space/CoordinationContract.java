package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedBarrier;
import dev.sluice.space.sync.SharedCounter;
import dev.sluice.space.sync.SharedEvent;
import dev.sluice.space.sync.SharedSemaphore;
import dev.sluice.sync.Hold;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What the semaphores, events, barriers and counters of every space do. See [LockContract] for the locks.
public abstract class CoordinationContract extends SpaceFixture {
    /// For the subclass that says which space.
    protected CoordinationContract() {}

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
    void anEventLetsAllGoOn() {
        Space space = open();
        everywhere(actors -> {
            SharedEvent event = space.event(fresh());
            assertThat(event.isSet()).isFalse();
            for (int party = 0; party < 3; party++) {
                SharedEvent own = open().event(event.name());
                actors.start(own::await);
            }
            assertThat(event.set()).isTrue();
            assertThat(event.set()).isFalse();
            assertThat(event.isSet()).isTrue();
            actors.join();
            event.await();
            assertThat(event.clear()).isTrue();
            assertThat(event.clear()).isFalse();
            assertThat(event.isSet()).isFalse();
        });
    }

    @Test
    void closingASpaceEndsItsWaits() {
        everywhere(actors -> {
            Space goes = open();
            SharedEvent event = goes.event(fresh());
            SharedCounter counter = goes.counter(fresh());
            SharedBarrier barrier = goes.barrier(fresh(), 2);
            actors.start(() -> assertFails(Problem.CLOSED, event::await));
            actors.start(() -> assertFails(Problem.CLOSED, () -> counter.awaitAtLeast(1)));
            actors.start(() -> assertFails(Problem.CLOSED, barrier::await));
            goes.close();
            actors.join();
            assertFails(Problem.CLOSED, event::set);
            assertFails(Problem.CLOSED, () -> counter.add(1));
            assertFails(Problem.CLOSED, () -> goes.event(fresh()));
        });
    }

    @Test
    void aBarrierLetsAllPassTogetherRoundAfterRound() {
        Space space = open();
        everywhere(actors -> {
            SharedBarrier barrier = space.barrier(fresh(), 3);
            AtomicInteger arrived = new AtomicInteger();
            Set<String> places = ConcurrentHashMap.newKeySet();
            for (int party = 0; party < 3; party++) {
                SharedBarrier own = open().barrier(barrier.name(), 3);
                actors.start(() -> {
                    for (int round = 0; round < 20; round++) {
                        arrived.incrementAndGet();
                        int place = own.await();
                        assertThat(arrived.get()).isGreaterThanOrEqualTo(3 * (round + 1));
                        assertThat(places.add(round + "/" + place)).isTrue();
                    }
                });
            }
            actors.join();
            assertThat(places).hasSize(60).contains("0/0", "0/1", "0/2");
        });
    }

    @Test
    void aBarrierBreaksAndIsMended() {
        Space space = open();
        everywhere(actors -> {
            SharedBarrier barrier = space.barrier(fresh(), 2);
            var waiter = actors.start(() -> assertThatThrownBy(barrier::await).hasMessageContaining("no luck"));
            assertThat(waiter).isNotDone();
            assertThat(barrier.abort("no luck")).isTrue();
            assertThat(barrier.abort("again")).isFalse();
            actors.join();
            assertFails(Problem.BROKEN, barrier::await);
            barrier.reset();
            actors.start(barrier::await);
            actors.start(barrier::await);
            actors.join();
            assertFails(Problem.MISMATCH, () -> space.barrier(barrier.name(), 3));
        });
    }

    @Test
    void aCancelledPartyHasNotArrived() {
        Space space = open();
        everywhere(actors -> {
            SharedBarrier barrier = space.barrier(fresh(), 2);
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        barrier.await();
                    }))
                    .isFalse());
            await("it is about to wait", () -> scope.get() != null);
            scope.get().cancel("enough");
            actors.join();
            var first = actors.start(barrier::await);
            assertThat(first).isNotDone();
            actors.start(barrier::await);
            actors.join();
        });
    }

    @Test
    void aCounterLosesNothing() {
        Space space = open();
        everywhere(actors -> {
            SharedCounter counter = space.counter(fresh());
            for (int party = 0; party < 3; party++) {
                SharedCounter own = open().counter(counter.name());
                actors.start(() -> {
                    for (int i = 0; i < 1000; i++) {
                        own.add(1);
                    }
                });
            }
            actors.start(() -> assertThat(counter.awaitAtLeast(3000)).isEqualTo(3000));
            actors.start(() -> assertThat(counter.awaitAtLeast(10)).isGreaterThanOrEqualTo(10));
            actors.join();
            assertThat(counter.get()).isEqualTo(3000);
            assertThat(counter.compareAndSet(1, 2)).isFalse();
            assertThat(counter.compareAndSet(3000, -5)).isTrue();
            assertThat(counter.add(-2)).isEqualTo(-7);
            counter.set(Long.MAX_VALUE);
            assertThat(counter.add(1)).isEqualTo(Long.MIN_VALUE);
        });
    }
}
