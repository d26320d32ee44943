package dev.sluice.internal.strand;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.LoopSeams;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What public classes tell Sluice's own packages and nobody else: a method of theirs would be everybody's.
/// Each class leaves its answers here when it is initialised; `dev.sluice.internal.access` asks for them, with
/// the public types that this package is below of.
///
/// Threads: given once, by whoever initialises the class; asked for after that.
public final class Secrets {
    private static volatile @Nullable OfLoops loops; // given once; pairs with the read in loops()
    private static volatile @Nullable OfClauses clauses; // given once; pairs with the read in clauses()

    private Secrets() {}

    /// What `dev.sluice.loop.Loops` answers.
    public interface OfLoops {
        /// The engine of a `Loop`.
        EventLoop engine(Object loop);

        /// The scope above everything that runs on a group of loops.
        RootStrand root(Object loops);

        /// Where a group of loops has its blocking work done.
        Offloader offloader(Object loops);

        /// Opens a group of one loop on seams of the caller's.
        Object open(Object config, LoopSeams seams);
    }

    /// What `dev.sluice.channel.Select` answers.
    public interface OfClauses {
        /// A clause that is chosen when something has been completed.
        Object completed(Completion<?> completion, Object what, Supplier<?> then);

        /// A clause that is chosen when it has taken something.
        <T> Object taking(Object what, Selectable<T> source, Function<? super T, ?> then);
    }

    public static void give(OfLoops answers) {
        loops = answers;
    }

    public static void give(OfClauses answers) {
        clauses = answers;
    }

    /// The class has been initialised.
    public static OfLoops loops() {
        return Objects.requireNonNull(loops, "Loops is not initialised");
    }

    /// The class has been initialised.
    public static OfClauses clauses() {
        return Objects.requireNonNull(clauses, "Select is not initialised");
    }
}
