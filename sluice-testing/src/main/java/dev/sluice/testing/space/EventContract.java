package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedEvent;
import org.junit.jupiter.api.Test;

/// What the events of every space do.
public abstract class EventContract extends SpaceFixture {
    /// For the subclass that says which space.
    protected EventContract() {}

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
            actors.start(() -> assertFails(Problem.CLOSED, event::await));
            goes.close();
            actors.join();
        });
    }
}
