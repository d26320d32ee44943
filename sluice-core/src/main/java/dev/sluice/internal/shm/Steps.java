package dev.sluice.internal.shm;

import dev.sluice.internal.loop.Simulator;
import java.util.function.Consumer;

/// The labelled steps of the operations on shared memory: between two of them lies one change that others can
/// see. Tests kill the process at each.
///
/// Where `sluice-testing` is not beside the core, the JIT drops the calls.
public final class Steps {
    private static volatile Consumer<String> watcher = Steps::nobody; // pairs with itself: set before what it watches

    private Steps() {}

    /// Watches all steps of this process, each before it is taken; may end the process, or throw.
    public static void watch(Consumer<String> now) {
        assert Simulator.POSSIBLE : "steps are not told without sluice-testing";
        watcher = now;
    }

    /// Watches no more.
    public static void unwatch() {
        watcher = Steps::nobody;
    }

    private static void nobody(String label) {}

    static void at(String label) {
        if (Simulator.POSSIBLE) {
            watcher.accept(label);
        }
    }
}
