package dev.sluice.loop;

import dev.sluice.observe.Report;
import java.util.List;

/// How a group of loops ended.
///
/// @param drained whether everything ended by itself, within the grace
/// @param holdouts tasks that were cancelled, did not end within the grace either, and were left behind
public record ShutdownReport(boolean drained, List<Report.Holdout> holdouts) {
    public ShutdownReport {
        holdouts = List.copyOf(holdouts);
    }

    /// Whether nothing was left behind.
    public boolean clean() {
        return holdouts.isEmpty();
    }
}
