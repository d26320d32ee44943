package dev.sluice.internal.local;

import dev.sluice.channel.Clause;
import dev.sluice.internal.access.Clauses;
import dev.sluice.space.Space.Kind;
import dev.sluice.space.sync.SharedEvent;
import java.util.function.Supplier;

/// Whether something has happened.
///
/// Threads: any.
final class EventState extends Monitor {
    private final Line waiters = newLine("await");

    private boolean set; // guarded by the lock

    EventState(Realm realm, String name) {
        super(realm, Kind.EVENT, name);
    }

    SharedEvent in(LocalSpace opening) {
        return new View(opening, this);
    }

    private boolean become(boolean now) {
        return change(() -> {
            boolean changed = set != now;
            set = now;
            return changed;
        });
    }

    private record View(LocalSpace opening, EventState state) implements SharedEvent {
        @Override
        public String name() {
            return state.name;
        }

        @Override
        public boolean set() {
            opening.requireOpen("set", state);
            return state.become(true);
        }

        @Override
        public boolean clear() {
            opening.requireOpen("clear", state);
            return state.become(false);
        }

        @Override
        public boolean isSet() {
            opening.requireOpen("look at", state);
            return state.look(() -> state.set);
        }

        @Override
        public void await() {
            state.waiters.await(opening, () -> state.set, () -> state);
        }

        @Override
        public <R> Clause<R> onSet(Supplier<? extends R> then) {
            return Clauses.taking(
                    state.waiters, new Taking<>(state.waiters, opening, () -> state.set, () -> state), _ -> then.get());
        }

        @Override
        public String toString() {
            return state.subject();
        }
    }
}
