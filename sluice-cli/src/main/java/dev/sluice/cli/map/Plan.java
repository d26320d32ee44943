package dev.sluice.cli.map;

import java.time.Duration;

/// What is to be done with each item.
///
/// @param template the command
/// @param jobs how many at once
/// @param ordered whether outputs come in the order of the items, or of their ends
/// @param retries how many more attempts a failed item gets
/// @param timeout how long an attempt may take; zero: no limit
/// @param halt what the first failure does to the others
record Plan(ArgumentTemplate template, int jobs, boolean ordered, int retries, Duration timeout, Halt halt) {
    Plan {
        assert jobs >= 1 : "jobs=" + jobs;
        assert retries >= 0 : "retries=" + retries;
    }

    boolean timed() {
        return timeout.isPositive();
    }
}
