package dev.sluice.internal.local;

import dev.sluice.space.Space.Kind;
import dev.sluice.space.sync.SharedCounter;
import java.util.function.LongUnaryOperator;

/// A number, and who waits for it to grow.
///
/// Those who wait for different numbers wait in one line each, so that who waits for more holds nobody up.
///
/// Threads: any.
final class CounterState extends Monitor {
    private long value; // guarded by the lock

    CounterState(Realm realm, String name) {
        super(realm, Kind.COUNTER, name);
    }

    SharedCounter in(LocalSpace opening) {
        return new View(opening, this);
    }

    private long become(LongUnaryOperator step) {
        return change(() -> {
            value = step.applyAsLong(value);
            return value;
        });
    }

    private record View(LocalSpace opening, CounterState state) implements SharedCounter {
        @Override
        public String name() {
            return state.name;
        }

        @Override
        public long get() {
            opening.requireOpen("get", state);
            return state.look(() -> state.value);
        }

        @Override
        public long add(long delta) {
            opening.requireOpen("add to", state);
            return state.become(now -> now + delta);
        }

        @Override
        public void set(long value) {
            opening.requireOpen("set", state);
            state.become(_ -> value);
        }

        @Override
        public boolean compareAndSet(long expected, long value) {
            opening.requireOpen("set", state);
            return state.change(() -> {
                boolean same = state.value == expected;
                if (same) {
                    state.value = value;
                }
                return same;
            });
        }

        @Override
        public long awaitAtLeast(long value) {
            Line line = state.newLine("await " + value + " of");
            try {
                return line.await(opening, () -> state.value >= value, () -> state.value);
            } finally {
                state.remove(line);
            }
        }

        @Override
        public String toString() {
            return state.subject();
        }
    }
}
