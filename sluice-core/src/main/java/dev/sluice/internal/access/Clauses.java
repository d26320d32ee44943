package dev.sluice.internal.access;

import dev.sluice.channel.Clause;
import dev.sluice.channel.Select;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Secrets;
import java.lang.invoke.MethodHandles;
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
}
