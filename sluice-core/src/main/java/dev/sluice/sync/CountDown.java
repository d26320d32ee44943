package dev.sluice.sync;

import java.util.List;

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

    private final String name;
    private final CountGate gate;

    /// @param name what messages call it
    /// @param count at least 0
    public CountDown(String name, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count-down " + name + ": count=" + count + ", expected 0 or more");
        }
        this.name = name;
        this.gate = new CountGate("count-down " + name, count);
    }

    /// A count-down without a name.
    public CountDown(int count) {
        this("unnamed", count);
    }

    /// Counts down by one; at zero it changes nothing.
    ///
    /// @return whether this call brought it to zero
    public boolean countDown() {
        return gate.change(left -> Math.max(0, left - 1)) == 1;
    }

    /// How many are left.
    public int count() {
        return gate.bars();
    }

    /// Waits until the count is zero.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    public void await() {
        gate.pass();
    }

    /// One reading, for people.
    public Statistics statistics() {
        return gate.read((left, waiters) -> new Statistics(name, left, waiters));
    }

    @Override
    public String toString() {
        return gate.toString();
    }
}
