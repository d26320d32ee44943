package dev.sluice.internal.strand;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that strands wait for and that knows who can end the waits. What else is waited for may be ended
/// by anybody, a thread that we have never seen included.
///
/// Threads: any.
public interface Awaited {
    /// What it takes to end the wait of a strand here, at this moment. May take the lock of what is waited for.
    Needs needs(Strand waiter);

    /// Who has ended such waits before, where anybody may end them and that is noted: a guess, but one with names.
    /// Null if it is not known.
    default @Nullable Past past() {
        return null;
    }

    /// What it is and its name, for messages; not who has it.
    String subject();

    /// Who has ended waits, and has not ended itself.
    ///
    /// @param relation what they did, to be put before a name and `has`: `to which`
    /// @param did and behind it: `sent`
    record Past(List<Strand> users, String relation, String did) {}

    /// What it takes to end a wait.
    sealed interface Needs {}

    /// Somebody acts, and nobody knows who that could be.
    record Anybody() implements Needs {}

    /// Each of these goes on, and gives back what it has; only it can. None: it is about to happen.
    record All(List<Strand> holders) implements Needs {}

    /// Each task that was started in the scope ends.
    record Members(Scope scope) implements Needs {}

    /// One of several waits ends.
    ///
    /// @param awaited what [Strand#begin] would be told for each
    record OneOf(List<?> awaited) implements Needs {}
}
