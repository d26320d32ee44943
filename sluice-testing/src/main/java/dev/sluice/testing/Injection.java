package dev.sluice.testing;

import dev.sluice.internal.strand.Strand;

/// What interferes with a simulation at its suspensions.
///
/// Threads: the loop thread, coroutines mounted on it included.
interface Injection {
    /// A strand is about to suspend, or looks whether it is cancelled.
    void suspending(Strand strand);

    /// A step is about to begin.
    void stepping(Member member);

    /// A step has ended, in a suspension or for ever.
    void stepped(Member member);
}
