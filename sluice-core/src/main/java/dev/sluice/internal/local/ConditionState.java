package dev.sluice.internal.local;

import dev.sluice.space.Space.Kind;
import dev.sluice.space.sync.SharedCondition;
import dev.sluice.space.sync.SharedLock;

/// Who waits for a signal.
///
/// Threads: any.
final class ConditionState extends Monitor {
    private final Line waiters = newLine("await a signal of");

    private int signals; // guarded by the lock: how many of those who wait may go; zero whenever it is free

    ConditionState(Realm realm, String name) {
        super(realm, Kind.CONDITION, name);
    }

    SharedCondition in(LocalSpace opening) {
        return new View(opening, this);
    }

    private void signal(boolean all) {
        change(() -> {
            signals = all ? waiters.size() : 1;
            advance();
            signals = 0;
            return this;
        });
    }

    private ConditionState go() {
        signals--;
        return this;
    }

    private record View(LocalSpace opening, ConditionState state) implements SharedCondition {
        @Override
        public String name() {
            return state.name;
        }

        @Override
        public void await(SharedLock.Held held) {
            if (!(held instanceof LocalLock.Ownership own) || own.realm() != state.realm) {
                throw new IllegalArgumentException(
                        "await a signal of " + state.subject() + ": lock=" + held + ", expected one of the same space");
            }
            own.requireHeld("await a signal with");
            try {
                state.waiters.await(opening, () -> state.signals > 0, state::go, own::close);
            } finally {
                own.acquireAgain();
            }
        }

        @Override
        public void signal() {
            opening.requireOpen("signal", state);
            state.signal(false);
        }

        @Override
        public void signalAll() {
            opening.requireOpen("signal", state);
            state.signal(true);
        }

        @Override
        public String toString() {
            return state.subject();
        }
    }
}
