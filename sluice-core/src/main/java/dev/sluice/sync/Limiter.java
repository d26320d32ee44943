package dev.sluice.sync;

import dev.sluice.internal.strand.Held;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import dev.sluice.task.Action;
import dev.sluice.task.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A limit to how many do something at once, which knows who they are and can be changed while they do.
///
/// ```java
/// var connections = new Limiter("connections", 8);
/// connections.run(() -> fetch(url));
/// connections.resize(16);                                     // those who wait notice
/// ```
///
/// As Trio's `CapacityLimiter`: a permit is lent to a borrower, which is the calling task or thread unless
/// another object is named. A borrower has one permit at most; one that asks for a second would wait for itself
/// and gets an [OwnershipException]. A permit of a task that ends without giving it back returns by itself, one
/// that was lent to a named borrower does not.
///
/// Threads: any.
public final class Limiter {
    /// One reading of a limiter.
    ///
    /// @param total how many permits there may be
    /// @param borrowers who has one, by name; after a [#resize] there may be more of them than `total`
    /// @param waiters who waits, in order
    public record Statistics(String name, int total, List<String> borrowers, List<String> waiters) {}

    private final Gate gate;

    /// @param name what messages call it
    /// @param total at least 0; nobody enters a limiter of 0 until it is resized
    public Limiter(String name, int total) {
        this.gate = new Gate(name);
        gate.resize(total);
    }

    /// A limiter without a name.
    public Limiter(int total) {
        this("unnamed", total);
    }

    /// Waits for a permit for the caller.
    ///
    /// @return what gives it back
    /// @throws OwnershipException if the caller has one
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has got no permit then
    public Hold acquire() {
        Strand strand = Strand.current();
        gate.enter(strand, 1, strand);
        Loan loan = new Loan(gate, strand);
        loan.heldBy(strand);
        return loan;
    }

    /// Waits for a permit for somebody else.
    ///
    /// @param borrower compared by identity
    /// @return what gives it back; any task may
    /// @throws OwnershipException if the borrower has one
    public Hold acquireFor(Object borrower) {
        gate.enter(Strand.current(), 1, Objects.requireNonNull(borrower, "borrower"));
        return () -> releaseFor(borrower);
    }

    /// Takes a permit for the caller if one is free and nobody waits.
    ///
    /// @throws OwnershipException as [#acquire]
    public boolean tryAcquire() {
        Strand strand = Strand.current();
        boolean taken = gate.tryEnter(strand, 1, strand);
        if (taken) {
            new Loan(gate, strand).heldBy(strand);
        }
        return taken;
    }

    /// Takes a permit for somebody else if one is free and nobody waits.
    ///
    /// @throws OwnershipException as [#acquireFor]
    public boolean tryAcquireFor(Object borrower) {
        return gate.tryEnter(Strand.current(), 1, Objects.requireNonNull(borrower, "borrower"));
    }

    /// Gives the caller's permit back.
    ///
    /// @throws OwnershipException if it has none
    public void release() {
        Strand strand = Strand.current();
        if (!(Held.find(strand, gate) instanceof Loan loan)) {
            throw gate.notBorrowed(strand);
        }
        loan.close();
    }

    /// Gives back the permit of somebody else.
    ///
    /// @throws OwnershipException if it has none
    public void releaseFor(Object borrower) {
        if (!gate.release(borrower)) {
            throw gate.notBorrowed(borrower);
        }
    }

    /// Changes how many permits there are. More let some of those who wait enter; fewer take nothing away, but
    /// nobody enters until enough have been given back.
    ///
    /// @param total at least 0
    public void resize(int total) {
        gate.resize(total);
    }

    /// Runs a body with a permit.
    public <X extends Exception> void run(Action<X> body) throws X {
        try (var _ = acquire()) {
            body.run();
        }
    }

    /// Calls a body with a permit.
    public <T, X extends Exception> T call(Call<T, X> body) throws X {
        try (var _ = acquire()) {
            return body.call();
        }
    }

    /// One reading, for people.
    public Statistics statistics() {
        return gate.statistics();
    }

    private static String nameOf(Object borrower) {
        return borrower instanceof Strand strand ? strand.path() : String.valueOf(borrower);
    }

    @Override
    public String toString() {
        return gate.toString();
    }

    /// The permit of a strand that borrowed it for itself.
    private static final class Loan extends Held implements Hold {
        private final Gate gate;
        private final Strand borrower;

        Loan(Gate gate, Strand borrower) {
            super(gate);
            this.gate = gate;
            this.borrower = borrower;
        }

        @Override
        public void close() {
            if (Held.find(Strand.current(), gate) != this) {
                throw gate.notBorrowed(Strand.current());
            }
            givenBackBy(borrower);
            if (!gate.release(borrower)) {
                throw gate.notBorrowed(borrower);
            }
        }

        @Override
        protected void abandoned(Strand ended) {
            gate.release(ended);
        }
    }

    private static final class Gate extends WaitList {
        private final String name;

        // Guarded by the list's lock. By identity: no code of a borrower's runs under it.
        private int total;
        private final Set<Object> borrowers = Collections.newSetFromMap(new IdentityHashMap<>());

        Gate(String name) {
            this.name = name;
        }

        @Override
        protected @Nullable Refusal refuses(Strand strand, long amount, @Nullable Object borrower) {
            assert borrower != null;
            return borrowers.contains(borrower)
                    ? () -> new OwnershipException("acquire " + subject() + ": " + nameOf(borrower)
                            + " has a permit, expected a borrower without one")
                    : null;
        }

        @Override
        protected boolean admits(long amount) {
            return borrowers.size() < total;
        }

        @Override
        protected void admitted(Strand strand, long amount, @Nullable Object borrower) {
            assert borrower != null;
            borrowers.add(borrower);
        }

        boolean release(Object borrower) {
            lock();
            try {
                boolean removed = borrowers.remove(borrower);
                if (removed) {
                    advance();
                }
                return removed;
            } finally {
                unlock();
            }
        }

        void resize(int to) {
            if (to < 0) {
                throw new IllegalArgumentException(subject() + ": total=" + to + ", expected 0 or more");
            }
            lock();
            try {
                total = to;
                advance();
            } finally {
                unlock();
            }
        }

        Statistics statistics() {
            int now;
            List<Object> lent;
            List<Strand> waiting;
            lock();
            try {
                now = total;
                lent = new ArrayList<>(borrowers);
                waiting = queue().strands();
            } finally {
                unlock();
            }
            List<String> names = lent.stream().map(Limiter::nameOf).sorted().toList();
            return new Statistics(name, now, names, paths(waiting));
        }

        OwnershipException notBorrowed(Object borrower) {
            return new OwnershipException("release " + subject() + ": " + nameOf(borrower) + " has no permit");
        }

        @Override
        public List<Strand> holders() {
            List<Strand> holders = new ArrayList<>();
            lock();
            try {
                for (Object borrower : borrowers) {
                    if (borrower instanceof Strand strand) {
                        holders.add(strand);
                    }
                }
                return holders;
            } finally {
                unlock();
            }
        }

        @Override
        public String subject() {
            return "limiter " + name;
        }
    }
}
