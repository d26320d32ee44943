package dev.sluice.sync;

import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a fixed number of parties wait for each other, round after round.
///
/// ```java
/// if (round.await() == 0) {                                   // one of them, in each round
///     swapBuffers();
/// }
/// ```
///
///     open ──the last party arrives──▶ open, the next round
///      │ ▲
///      │ └────────────reset────────────┐
///      └────────────abort────────────▶ broken
///
/// A party that is cancelled while it waits has not arrived: the round waits for another one. One that is
/// cancelled when the round is complete has passed.
///
/// Threads: any.
public final class Barrier {
    /// One reading of a barrier.
    ///
    /// @param parties how many a round has
    /// @param broken why it is broken, if it is
    /// @param waiters who has arrived in this round, in order
    public record Statistics(String name, int parties, Optional<String> broken, List<String> waiters) {}

    /// Thrown to those who wait at a barrier when it is aborted or reset, and to those who arrive at a broken
    /// one.
    public static final class BrokenException extends RuntimeException {
        private static final long serialVersionUID = 1;

        BrokenException(String message) {
            super(message);
        }
    }

    private final Gate gate;

    /// @param name what messages call it
    /// @param parties at least 1
    public Barrier(String name, int parties) {
        if (parties < 1) {
            throw new IllegalArgumentException("barrier " + name + ": parties=" + parties + ", expected 1 or more");
        }
        this.gate = new Gate(name, parties);
    }

    /// A barrier without a name.
    public Barrier(int parties) {
        this("unnamed", parties);
    }

    /// Arrives, and waits until all parties have.
    ///
    /// @return 0 to parties - 1, in the order of arrival
    /// @throws BrokenException if the barrier is broken, or breaks meanwhile
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has not arrived then
    public int await() {
        return (int) gate.enter(Strand.current(), gate.parties - 1L, null);
    }

    /// Breaks the barrier: those who wait and those who come get a [BrokenException], until a [#reset].
    ///
    /// @param why for people
    /// @return false if it was broken already
    public boolean abort(String why) {
        return gate.abort(Objects.requireNonNull(why, "why"));
    }

    /// Begins a new round, and mends a broken barrier; those who wait get a [BrokenException].
    public void reset() {
        gate.reset();
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
        private final int parties;

        private @Nullable String broken; // guarded by the list's lock: why

        Gate(String name, int parties) {
            this.name = name;
            this.parties = parties;
        }

        @Override
        protected @Nullable Refusal refuses(Strand strand, long amount, @Nullable Object what) {
            String why = broken;
            return why == null ? null : () -> new BrokenException("await " + subject() + ": " + why);
        }

        @Override
        protected boolean arrives(Strand strand, long amount, @Nullable Object what) {
            if (queue().size() < parties - 1) {
                return false;
            }
            passAll();
            return true;
        }

        @Override
        protected boolean admits(long amount) {
            return false; // the last party lets the others pass
        }

        @Override
        protected void admitted(Strand strand, long amount, @Nullable Object what) {
            throw new AssertionError("admitted to " + subject());
        }

        boolean abort(String why) {
            lock();
            try {
                boolean first = broken == null;
                if (first) {
                    broken = why;
                    advance();
                }
                return first;
            } finally {
                unlock();
            }
        }

        void reset() {
            lock();
            try {
                if (broken == null) {
                    broken = "reset";
                    advance();
                }
                broken = null;
            } finally {
                unlock();
            }
        }

        Statistics statistics() {
            String why;
            List<Strand> waiting;
            lock();
            try {
                why = broken;
                waiting = queue().strands();
            } finally {
                unlock();
            }
            return new Statistics(name, parties, Optional.ofNullable(why), paths(waiting));
        }

        @Override
        public String subject() {
            return "barrier " + name;
        }
    }
}
