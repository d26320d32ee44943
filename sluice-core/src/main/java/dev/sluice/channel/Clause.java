package dev.sluice.channel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One of the things that a [Select] waits for, and what to do when it is the one.
///
/// Threads: made by any; used by the one select that it is given to.
///
/// @param <R> what the action returns
public abstract sealed class Clause<R> permits ChannelClause, EventClause, TakingClause {
    private static final VarHandle SELECT;

    static {
        try {
            SELECT = MethodHandles.lookup().findVarHandle(Clause.class, "select", Select.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private @Nullable Select<?> select; // written once, through SELECT

    /// Which of its select it is; before that is used.
    int number;

    Clause() {}

    /// Becomes a clause of a select.
    ///
    /// @return null, or the one that it belongs to
    final @Nullable Select<?> joins(Select<?> made) {
        // One select wins; pairs with itself.
        return (Select<?>) SELECT.compareAndExchange(this, null, made);
    }

    /// Is free again, because the select was not made.
    final void leaves(Select<?> failed) {
        // Pairs with the exchange in joins.
        SELECT.compareAndSet(this, failed, null);
    }

    /// A clause that is chosen when so much time has passed since the select began to wait. Zero or less: at
    /// once, if nothing else is possible.
    public static Clause<Void> after(Duration duration, Runnable then) {
        Objects.requireNonNull(then, "then");
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

    /// Does it, if it is possible at once; the select holds no lock.
    boolean tryAlone() {
        return tryLocked();
    }

    /// What has to happen after the locks are free, when the clause did not have to wait.
    void done() {}

    /// What it waits for, to those who ask who could end that.
    Object awaited() {
        return this;
    }

    /// Runs the action of the clause that was chosen.
    abstract R chosen();
}
