package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedBarrier;
import dev.sluice.task.CancelScope;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What the barriers of every space do.
public abstract class BarrierContract extends SpaceFixture {
    /// For the subclass that says which space.
    protected BarrierContract() {}

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
    void closingASpaceEndsItsWaits() {
        everywhere(actors -> {
            Space goes = open();
            SharedBarrier barrier = goes.barrier(fresh(), 2);
            actors.start(() -> assertFails(Problem.CLOSED, barrier::await));
            goes.close();
            actors.join();
        });
    }
}
