package dev.sluice.sync;

import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A number that is counted down to zero, once, and those who wait for that.
///
/// ```java
/// var started = new CountDown("started", servers.size());
/// ...
/// started.await();
/// ```
///
/// Threads: any.
public final class CountDown {
    /// One reading of a count-down.
    ///
    /// @param count how many are left
    /// @param waiters who waits, in order
    public record Statistics(String name, int count, List<String> waiters) {}

    private final Gate gate;

    /// @param name what messages call it
    /// @param count at least 0
    public CountDown(String name, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count-down " + name + ": count=" + count + ", expected 0 or more");
        }
        this.gate = new Gate(name, count);
    }

    /// A count-down without a name.
    public CountDown(int count) {
        this("unnamed", count);
    }

    /// Counts down by one; at zero it changes nothing.
    ///
    /// @return whether this call brought it to zero
    public boolean countDown() {
        return gate.countDown();
    }

    /// How many are left.
    public int count() {
        return gate.count();
    }

    /// Waits until the count is zero.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    public void await() {
        gate.enter(Strand.current(), 0, null);
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

        private int count; // guarded by the list's lock

        Gate(String name, int count) {
            this.name = name;
            this.count = count;
        }

        @Override
        protected boolean admits(long amount) {
            return count == 0;
        }

        @Override
        protected void admitted(Strand strand, long amount, @Nullable Object what) {}

        boolean countDown() {
            lock();
            try {
                boolean last = count == 1;
                count = Math.max(0, count - 1);
                advance();
                return last;
            } finally {
                unlock();
            }
        }

        int count() {
            lock();
            try {
                int now = count;
                return now;
            } finally {
                unlock();
            }
        }

        Statistics statistics() {
            int now;
            List<Strand> waiting;
            lock();
            try {
                now = count;
                waiting = queue().strands();
            } finally {
                unlock();
            }
            return new Statistics(name, now, paths(waiting));
        }

        @Override
        public String subject() {
            return "count-down " + name;
        }
    }
}
