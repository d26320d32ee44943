package dev.sluice.cli.map;

import java.time.Duration;

/// What is to be done with each item.
///
/// @param work the command, or the method
/// @param jobs how many at once
/// @param ordered whether outputs come in the order of the items, or of their ends
/// @param patience with an item that fails or does not end
/// @param halt what the first failure does to the others
record Plan(Work work, int jobs, boolean ordered, Patience patience, Halt halt) {
    /// @param retries how many more attempts a failed item gets
    /// @param timeout how long an attempt may take; zero: no limit
    record Patience(int retries, Duration timeout) {
        Patience {
            assert retries >= 0 : "retries=" + retries;
        }
    }

    Plan {
        assert jobs >= 1 : "jobs=" + jobs;
    }

    /// The command.
    ArgumentTemplate template() {
        return work.template();
    }

    int retries() {
        return patience.retries;
    }

    Duration timeout() {
        return patience.timeout;
    }

    boolean timed() {
        return timeout().isPositive();
    }
}
