package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedCounter;
import org.junit.jupiter.api.Test;

/// What the counters of every space do.
public abstract class CounterContract extends SpaceFixture {
    /// For the subclass that says which space.
    protected CounterContract() {}

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

    @Test
    void closingASpaceEndsItsWaits() {
        everywhere(actors -> {
            Space goes = open();
            SharedCounter counter = goes.counter(fresh());
            actors.start(() -> assertFails(Problem.CLOSED, () -> counter.awaitAtLeast(1)));
            goes.close();
            actors.join();
        });
    }
}
