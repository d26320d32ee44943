package dev.sluice.sync;

import dev.sluice.internal.strand.Held;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import dev.sluice.internal.strand.WaitQueue;
import dev.sluice.internal.strand.Waiter;
import dev.sluice.task.Action;
import dev.sluice.task.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Mutual exclusion: at most one task, or thread, has it.
///
/// ```java
/// lock.run(() -> balance += amount);
/// try (var _ = lock.acquire()) { ... }
/// ```
///
/// A release hands it to who waits longest. Its owner is the task or thread that acquired it, what that
/// offloads not included. An owner that acquires it again would wait for itself and gets an
/// [OwnershipException], unless the lock is [#reentrant]. If a task ends without releasing it, what it guards
/// may be half changed: the lock then refuses everybody, those who wait at once. The end of a thread that is
/// not Sluice's is not noticed: it leaves the lock taken for ever.
///
/// Threads: any.
public final class Lock {
    /// One reading of a lock.
    ///
    /// @param owner who has it
    /// @param waiters who waits for it, in order; those who wait at its conditions not included
    public record Statistics(String name, Optional<String> owner, List<String> waiters) {}

    private final Gate gate;
    private final boolean reentrant;

    /// @param name what messages call it
    public Lock(String name) {
        this(name, false);
    }

    /// A lock without a name.
    public Lock() {
        this("unnamed");
    }

    private Lock(String name, boolean reentrant) {
        this.gate = new Gate(name);
        this.reentrant = reentrant;
    }

    /// A lock that its owner may acquire again; it is free when it has been released as often.
    public static Lock reentrant(String name) {
        return new Lock(name, true);
    }

    /// Waits for the lock.
    ///
    /// @return what releases it, the same each time
    /// @throws OwnershipException if the caller has it already, or its owner ended without releasing it
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has not got the lock then
    public Hold acquire() {
        Strand strand = Strand.current();
        if (!reentrant || !gate.acquireAgain(strand)) {
            gate.enter(strand, 0, null);
            gate.ownership.heldBy(strand);
        }
        return gate.ownership;
    }

    /// Takes the lock if it is free and nobody waits for it.
    ///
    /// @throws OwnershipException as [#acquire]
    public boolean tryAcquire() {
        Strand strand = Strand.current();
        if (reentrant && gate.acquireAgain(strand)) {
            return true;
        }
        boolean taken = gate.tryEnter(strand, 0, null);
        if (taken) {
            gate.ownership.heldBy(strand);
        }
        return taken;
    }

    /// Hands the lock on.
    ///
    /// @throws OwnershipException if the caller does not have it
    public void release() {
        gate.release(Strand.current());
    }

    /// Runs a body with the lock.
    public <X extends Exception> void run(Action<X> body) throws X {
        try (var _ = acquire()) {
            body.run();
        }
    }

    /// Calls a body with the lock.
    public <T, X extends Exception> T call(Call<T, X> body) throws X {
        try (var _ = acquire()) {
            return body.call();
        }
    }

    /// Whether the caller has the lock, for assertions.
    public boolean isHeldByCaller() {
        return Held.find(Strand.current(), gate) != null;
    }

    /// A condition that is awaited and signalled by owners of this lock. It lives as long as the lock.
    ///
    /// @param name what is waited for: `not empty`
    public Condition condition(String name) {
        return new Condition(name, gate);
    }

    /// One reading, for people.
    public Statistics statistics() {
        return gate.statistics();
    }

    @Override
    public String toString() {
        return gate.toString();
    }

    /// The state of a lock, and who waits for it and at its conditions.
    ///
    /// Invariants: `owner` is null or `holds > 0`; a waiter is in `queue()`, or, before it is signalled, in one
    /// of `signals`.
    /// Threads: any.
    static final class Gate extends WaitList {
        private final String name;
        final Ownership ownership = new Ownership();

        // Guarded by the list's lock.
        private @Nullable Strand owner;
        private int holds;
        private @Nullable String abandonedBy;
        private final List<WaitQueue> signals = new ArrayList<>(0);

        Gate(String name) {
            this.name = name;
        }

        /// The owner's hold. The next owner links it after this one has unlinked it and handed the lock over.
        final class Ownership extends Held implements Hold {
            Ownership() {
                super(Gate.this);
            }

            @Override
            public void close() {
                release(Strand.current());
            }

            @Override
            protected void abandoned(Strand ended) {
                String gone = ended.path();
                lock();
                try {
                    assert owner == ended;
                    abandonedBy = gone;
                    owner = null;
                    for (WaitQueue waiting : signals) {
                        signal(waiting, Integer.MAX_VALUE);
                    }
                    advance();
                } finally {
                    unlock();
                }
            }
        }

        @Override
        protected @Nullable Refusal refuses(Strand strand, long amount, @Nullable Object what) {
            if (abandonedBy != null) {
                String gone = abandonedBy;
                return () -> abandoned("acquire", gone);
            }
            if (owner == strand) {
                return () -> new OwnershipException(
                        "acquire " + subject() + ": owner=" + strand.path() + ", expected another than the caller");
            }
            return null;
        }

        @Override
        protected boolean admits(long amount) {
            return owner == null;
        }

        @Override
        protected void admitted(Strand strand, long amount, @Nullable Object what) {
            owner = strand;
            holds = 1;
        }

        boolean acquireAgain(Strand strand) {
            lock();
            try {
                boolean own = owner == strand;
                if (own) {
                    holds++;
                }
                return own;
            } finally {
                unlock();
            }
        }

        void release(Strand strand) {
            boolean own;
            lock();
            try {
                own = owner == strand;
                if (own && --holds == 0) {
                    leave(strand);
                }
            } finally {
                unlock();
            }
            if (!own) {
                throw notOwner("release");
            }
        }

        /// The owner hands the lock on, under the list's lock.
        private void leave(Strand strand) {
            ownership.givenBackBy(strand);
            owner = null;
            holds = 0;
            advance();
        }

        OwnershipException notOwner(String operation) {
            lock();
            Strand now = owner;
            String gone = abandonedBy;
            unlock();
            if (gone != null) {
                return abandoned(operation, gone);
            }
            return new OwnershipException(operation + " " + subject() + ": owner="
                    + (now == null ? "nobody" : now.path()) + ", expected the caller "
                    + Strand.current().path());
        }

        private OwnershipException abandoned(String operation, String gone) {
            return new OwnershipException(
                    operation + " " + subject() + ": its owner " + gone + " has ended without releasing it");
        }

        void checkOwner(String operation, String condition) {
            if (Held.find(Strand.current(), this) == null) {
                throw notOwner(operation + " condition " + condition + " of");
            }
        }

        // ---- conditions

        WaitQueue newSignals() {
            WaitQueue waiting = new WaitQueue();
            lock();
            try {
                signals.add(waiting);
                return waiting;
            } finally {
                unlock();
            }
        }

        /// The owner leaves the lock, waits for a signal, and has the lock again, whatever happened; except
        /// when that was abandoned.
        void awaitSignal(WaitQueue waiting, Object condition) {
            Strand strand = Strand.current();
            Waiter waiter = prepared(strand, strand.begin(condition), 0, null);
            int held;
            lock();
            try {
                assert owner == strand;
                held = holds;
                leave(strand);
                waiting.add(waiter);
            } finally {
                unlock();
            }
            boolean resumed = strand.await(waiter.token);
            if (!resumed) {
                takeBack(waiting, waiter);
                enterUncancellable(strand, 0, null);
            } else {
                entered(waiter);
            }
            ownership.heldBy(strand);
            lock();
            holds = held;
            unlock();
            if (!resumed) {
                throw strand.cancelledException();
            }
        }

        /// What ends a wait at a condition: anybody's signal, and after that the owner.
        Needs needsForSignal(Strand waiter) {
            lock();
            try {
                Strand now = owner;
                return now != null && queue().strands().contains(waiter) ? new All(List.of(now)) : new Anybody();
            } finally {
                unlock();
            }
        }

        /// Takes back a cancelled wait. If it had been signalled, the signal goes to the next.
        private void takeBack(WaitQueue waiting, Waiter waiter) {
            lock();
            try {
                if (!waiting.remove(waiter)) {
                    queue().remove(waiter);
                    signal(waiting, 1);
                    advance();
                }
            } finally {
                unlock();
            }
        }

        /// Has so many of those who wait at a condition wait for the lock instead. Under the list's lock.
        private void signal(WaitQueue waiting, int count) {
            for (int i = 0; i < count && !waiting.isEmpty(); i++) {
                Waiter waiter = waiting.first();
                assert waiter != null;
                waiting.remove(waiter);
                queue().add(waiter);
            }
        }

        /// As [#signal], by the owner.
        void signalNow(WaitQueue waiting, int count) {
            lock();
            try {
                signal(waiting, count);
            } finally {
                unlock();
            }
        }

        // ---- for people

        Statistics statistics() {
            Strand now;
            List<Strand> waiting;
            lock();
            try {
                now = owner;
                waiting = queue().strands();
            } finally {
                unlock();
            }
            return new Statistics(name, Optional.ofNullable(now).map(Strand::path), paths(waiting));
        }

        Condition.Statistics statistics(String condition, WaitQueue waiting) {
            List<Strand> strands;
            lock();
            try {
                strands = waiting.strands();
            } finally {
                unlock();
            }
            return new Condition.Statistics(condition, paths(strands));
        }

        @Override
        public List<Strand> holders() {
            lock();
            Strand now = owner;
            unlock();
            return now == null ? List.of() : List.of(now);
        }

        @Override
        public Needs needs(Strand waiter) {
            return new All(holders());
        }

        @Override
        public String subject() {
            return "lock " + name;
        }
    }
}
