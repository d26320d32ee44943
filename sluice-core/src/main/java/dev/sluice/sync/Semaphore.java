package dev.sluice.sync;

import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import dev.sluice.task.Action;
import dev.sluice.task.Call;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A number of permits, taken and given back.
///
/// ```java
/// var connections = new Semaphore("connections", 8);
/// connections.run(() -> fetch(url));                          // at most eight at once
/// try (var _ = memory.acquire(size)) { ... }                  // weighted
/// ```
///
/// Permits belong to nobody: another task may release what one has acquired. There are never more of them than
/// at the start. Who asks for many waits until so many are free, and those behind wait with it, however few
/// they ask for. To know who has them, use a [Limiter].
///
/// Threads: any.
public final class Semaphore {
    /// One reading of a semaphore.
    ///
    /// @param permits how many there are
    /// @param available how many are free
    /// @param waiters who waits, in order
    public record Statistics(String name, int permits, int available, List<String> waiters) {}

    private final Gate gate;
    private final Hold one = this::release;

    /// @param name what messages call it
    /// @param permits at least 1
    public Semaphore(String name, int permits) {
        if (permits < 1) {
            throw new IllegalArgumentException("semaphore " + name + ": permits=" + permits + ", expected 1 or more");
        }
        this.gate = new Gate(name, permits);
    }

    /// A semaphore without a name.
    public Semaphore(int permits) {
        this("unnamed", permits);
    }

    /// Waits for one permit.
    ///
    /// @return what releases it
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has got no permit then
    public Hold acquire() {
        gate.enter(Strand.current(), 1, null);
        return one;
    }

    /// Waits for several permits, which it gets at once.
    ///
    /// @param count 1 to all there are
    /// @return what releases them
    public Hold acquire(int count) {
        check("acquire", count);
        gate.enter(Strand.current(), count, null);
        return () -> release(count);
    }

    /// Takes a permit if one is free and nobody waits.
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /// Takes so many permits if they are free and nobody waits.
    public boolean tryAcquire(int count) {
        check("acquire", count);
        return gate.tryEnter(Strand.current(), count, null);
    }

    /// Gives one permit back.
    ///
    /// @throws OwnershipException if none is taken
    public void release() {
        release(1);
    }

    /// Gives permits back.
    ///
    /// @throws OwnershipException if fewer are taken; none is given back then
    public void release(int count) {
        check("release", count);
        gate.release(count);
    }

    private void check(String operation, int count) {
        if (count < 1 || count > gate.permits) {
            throw new IllegalArgumentException(
                    operation + " " + gate.subject() + ": count=" + count + ", expected 1.." + gate.permits);
        }
    }

    /// Runs a body with one permit.
    public <X extends Exception> void run(Action<X> body) throws X {
        try (var _ = acquire()) {
            body.run();
        }
    }

    /// Calls a body with one permit.
    public <T, X extends Exception> T call(Call<T, X> body) throws X {
        try (var _ = acquire()) {
            return body.call();
        }
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
        private final int permits;

        private int available; // guarded by the list's lock: 0 to permits

        Gate(String name, int permits) {
            this.name = name;
            this.permits = permits;
            this.available = permits;
        }

        @Override
        protected boolean admits(long count) {
            return available >= count;
        }

        @Override
        protected void admitted(Strand strand, long count, @Nullable Object what) {
            available -= (int) count;
            assert available >= 0;
        }

        void release(int count) {
            int taken;
            lock();
            try {
                taken = permits - available;
                if (count <= taken) {
                    available += count;
                    advance();
                }
            } finally {
                unlock();
            }
            if (count > taken) {
                throw new OwnershipException(
                        "release " + subject() + ": count=" + count + ", expected at most the " + taken + " taken");
            }
        }

        Statistics statistics() {
            int now;
            List<Strand> waiting;
            lock();
            try {
                now = available;
                waiting = queue().strands();
            } finally {
                unlock();
            }
            return new Statistics(name, permits, now, paths(waiting));
        }

        @Override
        public String subject() {
            return "semaphore " + name;
        }
    }
}
