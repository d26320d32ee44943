package dev.sluice.internal.local;

import dev.sluice.space.Space.Kind;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.sync.SharedBarrier;
import org.jspecify.annotations.Nullable;

/// Who has arrived at a barrier: those who wait in its line.
///
/// Invariants, whenever the lock is free: fewer than `parties` wait, and the barrier is not open; who waits is
/// of the present round.
/// Threads: any.
final class BarrierState extends Monitor {
    private final int parties;
    private final Line waiters = newCertainLine("await");

    // Guarded by the lock.
    private boolean open; // while a complete round leaves the line
    private int places; // given away in the round that leaves
    private @Nullable String broken;

    BarrierState(Realm realm, String name, int parties) {
        super(realm, Kind.BARRIER, name);
        this.parties = parties;
    }

    int parties() {
        return parties;
    }

    SharedBarrier in(LocalSpace opening) {
        return new View(opening, this);
    }

    /// What a party leaves with: its place in the round, or why there is none.
    private record Passage(int place, @Nullable String why) {}

    private boolean mayPass() {
        return open || broken != null;
    }

    private Passage pass() {
        return broken != null ? new Passage(-1, broken) : new Passage(places++, null);
    }

    @Override
    void queued(Line line) {
        if (line.size() == parties) {
            open = true;
            places = 0;
            advance();
            open = false;
        }
    }

    private boolean abort(String why) {
        return change(() -> {
            boolean first = broken == null;
            if (first) {
                broken = why;
            }
            return first;
        });
    }

    private void reset() {
        change(() -> {
            if (broken == null) {
                broken = "reset";
                advance();
            }
            broken = null;
            return this;
        });
    }

    private record View(LocalSpace opening, BarrierState state) implements SharedBarrier {
        @Override
        public String name() {
            return state.name;
        }

        @Override
        public int parties() {
            return state.parties;
        }

        @Override
        public int await() {
            Passage passage = state.waiters.await(opening, state::mayPass, state::pass);
            if (passage.why != null) {
                throw new SpaceException(Problem.BROKEN, "await " + state.subject() + ": " + passage.why);
            }
            return passage.place;
        }

        @Override
        public boolean abort(String why) {
            opening.requireOpen("abort", state);
            return state.abort(why);
        }

        @Override
        public void reset() {
            opening.requireOpen("reset", state);
            state.reset();
        }

        @Override
        public String toString() {
            return state.subject();
        }
    }
}
