package dev.sluice.sync;

import java.util.List;

/// Something that has happened or not: those who wait go on together when it has, and later ones do not wait.
///
/// ```java
/// ready.await();              // in many tasks
/// ready.set();                // in one
/// ```
///
/// It can be cleared and used again. Whoever waited when it was set goes on, even if it is cleared at once. For
/// a value that comes with it, use a [dev.sluice.task.Promise]; to count down to it, a [CountDown].
///
/// Threads: any.
public final class Event {
    /// One reading of an event.
    ///
    /// @param waiters who waits, in order
    public record Statistics(String name, boolean set, List<String> waiters) {}

    private final String name;
    private final CountGate gate;

    /// @param name what messages call it
    public Event(String name) {
        this.name = name;
        this.gate = new CountGate("event " + name, 1);
    }

    /// An event without a name.
    public Event() {
        this("unnamed");
    }

    /// It has happened.
    ///
    /// @return whether this call changed that
    public boolean set() {
        return gate.change(bars -> 0) != 0;
    }

    /// It has not happened, from now on.
    ///
    /// @return whether this call changed that
    public boolean clear() {
        return gate.change(bars -> 1) == 0;
    }

    /// Whether it has happened.
    public boolean isSet() {
        return gate.bars() == 0;
    }

    /// Waits until it has happened.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    public void await() {
        gate.pass();
    }

    /// One reading, for people.
    public Statistics statistics() {
        return gate.read((bars, waiters) -> new Statistics(name, bars == 0, waiters));
    }

    @Override
    public String toString() {
        return gate.toString();
    }
}
