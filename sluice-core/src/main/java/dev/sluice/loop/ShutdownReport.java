package dev.sluice.loop;

import dev.sluice.observe.Report;
import dev.sluice.observe.WaitGraph;
import java.util.List;

/// How a group of loops ended.
///
/// @param drained whether everything ended by itself, within the grace
/// @param holdouts tasks that were cancelled, did not end within the grace either, and were left behind
/// @param circles why they did not end by themselves, as far as tasks waited for each other
public record ShutdownReport(boolean drained, List<Report.Holdout> holdouts, List<WaitGraph.Circle> circles) {
    public ShutdownReport {
        holdouts = List.copyOf(holdouts);
        circles = List.copyOf(circles);
    }

    /// Whether nothing was left behind.
    public boolean clean() {
        return holdouts.isEmpty();
    }
}
