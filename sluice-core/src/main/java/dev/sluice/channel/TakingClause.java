package dev.sluice.channel;

import dev.sluice.internal.strand.Selectable;
import dev.sluice.internal.strand.Strand;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A clause for what has to be tried: it may have gone again when the select comes to take it. It is tried
/// without the locks of the channels, for it may take others, call the system, and fail.
///
/// Threads: the strand of the select.
final class TakingClause<T, R> extends Clause<R> {
    private final Object what;
    private final Selectable<T> source;
    private final Function<? super T, ? extends R> then;
    private @Nullable T taken;

    /// @param what what is waited for, to be shown
    TakingClause(Object what, Selectable<T> source, Function<? super T, ? extends R> then) {
        this.what = what;
        this.source = source;
        this.then = then;
    }

    void begin() {
        taken = null;
        source.begin();
    }

    @Override
    boolean tryAlone() {
        taken = source.tryTake();
        return taken != null;
    }

    @Override
    boolean tryLocked() {
        throw new AssertionError("tried under locks: " + this);
    }

    void register(Strand strand, long token) {
        source.register(strand, token);
    }

    /// @return whether the wait has ended through this clause, with what was waited for
    boolean withdraw() {
        taken = source.withdraw();
        return taken != null;
    }

    @Override
    Object awaited() {
        return what;
    }

    @Override
    R chosen() {
        T value = taken;
        assert value != null : "chosen and nothing taken";
        taken = null;
        return then.apply(value);
    }

    @Override
    public String toString() {
        return String.valueOf(what);
    }
}
