package dev.sluice.channel;

import java.time.Duration;
import java.util.function.Supplier;

/// One of the things that a [Select] waits for, and what to do when it is the one.
///
/// Threads: made by any; used by the select that it is given to, and by no other at the same time.
///
/// @param <R> what the action returns
public abstract sealed class Clause<R> permits ChannelClause, EventClause {
    Clause() {}

    /// A clause that is chosen when so much time has passed since the select began to wait. Zero or less: at
    /// once, if nothing else is possible.
    public static Clause<Void> after(Duration duration, Runnable then) {
        return afterwards(duration, () -> {
            then.run();
            return ChannelClause.nothing();
        });
    }

    /// As [#after], with a result.
    public static <R> Clause<R> afterwards(Duration duration, Supplier<? extends R> then) {
        return new EventClause.After<>(duration, then);
    }

    /// Does it, if it is possible at once and the select holds the locks.
    abstract boolean tryLocked();

    /// What has to happen after the locks are free, when the clause did not have to wait.
    void done() {}

    /// What it waits for, to those who ask who could end that.
    Object awaited() {
        return this;
    }

    /// Runs the action of the clause that was chosen.
    abstract R chosen();
}
