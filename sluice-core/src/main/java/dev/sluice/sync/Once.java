package dev.sluice.sync;

import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import dev.sluice.task.Call;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A value that is made once, by the first who needs it; the others wait for that.
///
/// ```java
/// Config config = once.get(() -> load(path));
/// ```
///
///     empty ──get──▶ being made ──the body returns──▶ made
///       ▲                │
///       └─the body fails─┘   or is cancelled: the next who waits tries
///
/// A failure is thrown to the caller whose body failed and is not remembered.
///
/// Threads: any.
public final class Once<T> {
    /// One reading of a once.
    ///
    /// @param made whether the value is there
    /// @param maker who makes it right now
    /// @param waiters who waits for that, in order
    public record Statistics(String name, boolean made, Optional<String> maker, List<String> waiters) {}

    private final Gate gate;

    // Written by the maker, once; volatile, so that others see what it points to: pairs with the reads in get.
    private volatile @Nullable T value;

    /// @param name what messages call it
    public Once(String name) {
        this.gate = new Gate(name);
    }

    /// A once without a name.
    public Once() {
        this("unnamed");
    }

    /// The value; when it is not there, the result of `body`, or of another caller's.
    ///
    /// Does not suspend when the value is there.
    ///
    /// @param body returns no null
    /// @throws X what the body threw
    /// @throws OwnershipException if the body itself asks for the value
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    public <X extends Exception> T get(Call<? extends T, X> body) throws X {
        T known = value;
        if (known != null) {
            return known;
        }
        gate.enter(Strand.current(), 0, null);
        known = value;
        if (known != null) {
            return known;
        }
        boolean made = false;
        try {
            T result = Objects.requireNonNull(body.call(), () -> "get " + gate.subject() + ": the body returned null");
            value = result;
            made = true;
            return result;
        } finally {
            gate.tried(made);
        }
    }

    /// The value, if it is there.
    public Optional<T> find() {
        return Optional.ofNullable(value);
    }

    /// One reading, for people.
    public Statistics statistics() {
        return gate.statistics();
    }

    @Override
    public String toString() {
        return gate.toString();
    }

    private static final class Gate extends WaitList {
        private final String name;

        // Guarded by the list's lock.
        private @Nullable Strand maker;
        private boolean made;

        Gate(String name) {
            this.name = name;
        }

        @Override
        protected @Nullable Refusal refuses(Strand strand, long amount, @Nullable Object what) {
            return maker == strand
                    ? () -> new OwnershipException(
                            "get " + subject() + ": asked for by its own body, in " + strand.path())
                    : null;
        }

        @Override
        protected boolean admits(long amount) {
            return maker == null;
        }

        @Override
        protected void admitted(Strand strand, long amount, @Nullable Object what) {
            if (!made) {
                maker = strand;
            }
        }

        void tried(boolean successfully) {
            lock();
            try {
                made = successfully;
                maker = null;
                advance();
            } finally {
                unlock();
            }
        }

        Statistics statistics() {
            boolean there;
            Strand now;
            List<Strand> waiting;
            lock();
            try {
                there = made;
                now = maker;
                waiting = queue().strands();
            } finally {
                unlock();
            }
            return new Statistics(name, there, Optional.ofNullable(now).map(Strand::path), paths(waiting));
        }

        @Override
        public List<Strand> holders() {
            lock();
            Strand now = maker;
            unlock();
            return now == null ? List.of() : List.of(now);
        }

        @Override
        public Needs needs(Strand waiter) {
            return new All(holders());
        }

        @Override
        public String subject() {
            return "once " + name;
        }
    }
}
