package dev.sluice.internal.loop;

import dev.sluice.observe.Report;

/// What a loop tells the simulation that it lives in; in production there is none.
///
/// Threads: the loop thread, coroutines mounted on it included.
public interface Simulator {
    /// The running strand is about to wait, or looks whether it is cancelled. May cancel scopes, does not suspend.
    void suspending();

    /// The running coroutine leaves the loop for a timed wait of the JDK.
    void timedPark();

    /// How many timers that are due may end before the coroutines that they woke run; at least 1.
    int timersAtOnce();

    /// Takes what production gives to [dev.sluice.observe.Reports].
    void report(Report report);
}
