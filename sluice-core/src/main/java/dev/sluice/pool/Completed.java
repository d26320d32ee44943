package dev.sluice.pool;

import dev.sluice.task.Outcome;

/// One call of a map that has ended.
///
/// @param argument what it was called with
/// @param outcome how it ended; a failure is a [PoolException]
public record Completed<A, R>(A argument, Outcome<R> outcome) {}
