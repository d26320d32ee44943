package dev.sluice.internal.local;

import dev.sluice.space.Space.Kind;
import dev.sluice.space.sync.SharedSemaphore;
import dev.sluice.sync.Hold;
import java.util.Optional;

/// How many permits are free.
///
/// Threads: any.
final class SemaphoreState extends Monitor {
    private final int permits;
    private final Line takers = newLine("acquire");

    private int free; // guarded by the lock

    SemaphoreState(Realm realm, String name, int permits) {
        super(realm, Kind.SEMAPHORE, name);
        this.permits = permits;
        this.free = permits;
    }

    int permits() {
        return permits;
    }

    SharedSemaphore in(LocalSpace opening) {
        return new View(opening, this);
    }

    private boolean any() {
        return free > 0;
    }

    private SemaphoreState take() {
        assert free > 0;
        free--;
        return this;
    }

    private void giveBack() {
        change(() -> {
            free++;
            assert free <= permits;
            return this;
        });
    }

    private static final class Permit extends Claim implements Hold {
        private final SemaphoreState of;

        Permit(LocalSpace opening, SemaphoreState of) {
            super(opening);
            this.of = of;
        }

        @Override
        void lost() {
            of.giveBack();
        }

        @Override
        public void close() {
            if (end()) {
                of.giveBack();
            }
        }
    }

    private record View(LocalSpace opening, SemaphoreState state) implements SharedSemaphore {
        @Override
        public String name() {
            return state.name;
        }

        @Override
        public int permits() {
            return state.permits;
        }

        @Override
        public int available() {
            return state.look(() -> state.free);
        }

        @Override
        public Hold acquire() {
            return permit(state.takers.await(opening, state::any, state::take));
        }

        @Override
        public Optional<Hold> tryAcquire() {
            return Optional.ofNullable(state.takers.tryNow(opening, state::any, state::take))
                    .map(this::permit);
        }

        private Hold permit(SemaphoreState taken) {
            Permit permit = new Permit(opening, taken);
            permit.begin("acquire", taken);
            return permit;
        }

        @Override
        public String toString() {
            return state.subject();
        }
    }
}
