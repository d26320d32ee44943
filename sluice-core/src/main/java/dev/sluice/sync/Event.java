package dev.sluice.sync;

import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    private final Gate gate;

    /// @param name what messages call it
    public Event(String name) {
        this.gate = new Gate(name);
    }

    /// An event without a name.
    public Event() {
        this("unnamed");
    }

    /// It has happened.
    ///
    /// @return whether this call changed that
    public boolean set() {
        return gate.become(true);
    }

    /// It has not happened, from now on.
    ///
    /// @return whether this call changed that
    public boolean clear() {
        return gate.become(false);
    }

    /// Whether it has happened.
    public boolean isSet() {
        return gate.isSet();
    }

    /// Waits until it has happened.
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

        private boolean set; // guarded by the list's lock

        Gate(String name) {
            this.name = name;
        }

        @Override
        protected boolean admits(long amount) {
            return set;
        }

        @Override
        protected void admitted(Strand strand, long amount, @Nullable Object what) {}

        boolean become(boolean now) {
            lock();
            try {
                boolean changed = set != now;
                set = now;
                advance();
                return changed;
            } finally {
                unlock();
            }
        }

        boolean isSet() {
            lock();
            try {
                boolean now = set;
                return now;
            } finally {
                unlock();
            }
        }

        Statistics statistics() {
            boolean now;
            List<Strand> waiting;
            lock();
            try {
                now = set;
                waiting = queue().strands();
            } finally {
                unlock();
            }
            return new Statistics(name, now, paths(waiting));
        }

        @Override
        public String subject() {
            return "event " + name;
        }
    }
}
