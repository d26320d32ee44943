package dev.sluice.sync;

import dev.sluice.internal.strand.Awaited;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitQueue;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Where owners of a [Lock] wait until another owner has changed something, made by [Lock#condition].
///
/// ```java
/// lock.run(() -> {
///     notEmpty.awaitUntil(() -> !jobs.isEmpty());
///     return jobs.removeFirst();
/// });
/// ```
///
/// A wait gives the lock away and has it again before it ends, also when it is cancelled. A signal is not lost:
/// if who got it is cancelled before it has the lock, the signal goes to the next who waits here.
///
/// Threads: any, with the lock.
public final class Condition {
    /// One reading of a condition.
    ///
    /// @param waiters who waits for a signal, in order; those who have got one wait for the lock
    public record Statistics(String name, List<String> waiters) {}

    private final String name;
    private final Lock.Gate gate;
    private final WaitQueue waiting;
    private final Signal signal = new Signal();

    Condition(String name, Lock.Gate gate) {
        this.name = name;
        this.gate = gate;
        this.waiting = gate.newSignals();
    }

    /// Waits for a signal. Others may have had the lock before this returns, so look again at what is waited
    /// for; [#awaitUntil] does.
    ///
    /// @throws OwnershipException if the caller does not have the lock
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has the lock all the same
    public void await() {
        checkOwner("await");
        gate.awaitSignal(waiting, signal);
    }

    /// Waits, signal by signal, until something holds. The caller has the lock whenever it is asked.
    public void awaitUntil(BooleanSupplier holds) {
        checkOwner("await");
        while (!holds.getAsBoolean()) {
            await();
        }
    }

    /// Lets the first who waits go on, when the caller has released the lock.
    ///
    /// @throws OwnershipException if the caller does not have the lock
    public void signal() {
        checkOwner("signal");
        gate.signalNow(waiting, 1);
    }

    /// Lets all who wait go on, one after the other.
    ///
    /// @throws OwnershipException if the caller does not have the lock
    public void signalAll() {
        checkOwner("signal");
        gate.signalNow(waiting, Integer.MAX_VALUE);
    }

    private void checkOwner(String operation) {
        gate.checkOwner(operation, name);
    }

    /// One reading, for people.
    public Statistics statistics() {
        return gate.statistics(name, waiting);
    }

    /// What a strand that waits here is shown to wait for.
    private final class Signal implements Awaited {
        @Override
        public Needs needs(Strand waiter) {
            return gate.needsForSignal(waiter);
        }

        @Override
        public String subject() {
            return Condition.this.toString();
        }

        @Override
        public String toString() {
            return subject();
        }
    }

    @Override
    public String toString() {
        return "condition " + name + " of " + gate.subject();
    }
}
