package dev.sluice.internal.loop;

import dev.sluice.observe.Report;

/// What a loop tells the simulation that it lives in; in production there is none.
///
/// Threads: the loop thread, coroutines mounted on it included.
public interface Simulator {
    /// Whether there can be simulations in this JVM: `sluice-testing` is beside the core. Where it is not, the
    /// JIT drops what strands would tell at each suspension; it costs 1.5 ns where it is.
    boolean POSSIBLE = isBesideUs("dev.sluice.testing.Simulation");

    /// The running strand is about to wait, or looks whether it is cancelled. May cancel scopes, does not
    /// suspend.
    void suspending();

    /// The running coroutine leaves the loop for a timed wait of the JDK.
    void timedPark();

    /// How many timers that are due may end before the coroutines that they woke run; at least 1.
    int timersAtOnce();

    /// Takes what production gives to [dev.sluice.observe.Reports].
    void report(Report report);

    private static boolean isBesideUs(String className) {
        try {
            Class.forName(className, false, Simulator.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }
}
