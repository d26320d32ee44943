package dev.sluice.internal.access;

import dev.sluice.channel.Clause;
import dev.sluice.channel.Select;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Secrets;
import dev.sluice.internal.strand.Selectable;
import java.lang.invoke.MethodHandles;
import java.util.function.Function;
import java.util.function.Supplier;

/// Clauses that only Sluice's own packages can make.
///
/// Threads: any.
public final class Clauses {
    private static final Secrets.OfClauses CLAUSES;

    static {
        try {
            MethodHandles.lookup().ensureInitialized(Select.class);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
        CLAUSES = Secrets.clauses();
    }

    private Clauses() {}

    /// A clause that is chosen when something has been completed.
    ///
    /// @param what what is waited for, to be shown
    @SuppressWarnings("unchecked") // it is what `then` returns
    public static <R> Clause<R> completed(Completion<?> completion, Object what, Supplier<? extends R> then) {
        return (Clause<R>) CLAUSES.completed(completion, what, then);
    }

    /// A clause that is chosen when it has taken something.
    ///
    /// @param what what is waited for, to be shown
    /// @param source this clause's own
    @SuppressWarnings("unchecked") // it is what `then` returns
    public static <T, R> Clause<R> taking(Object what, Selectable<T> source, Function<? super T, ? extends R> then) {
        return (Clause<R>) CLAUSES.taking(what, source, then);
    }
}
