package dev.sluice.testing;

import dev.sluice.observe.Report;
import java.util.List;

/// The body of a simulation ended and left something behind: tasks, threads, armed timers, or reports that
/// nobody took.
public final class LeftoverException extends SimulationException {
    private static final long serialVersionUID = 1;

    private final transient List<Report> reports;

    LeftoverException(String message, List<Wait> waits, List<Report> reports) {
        super(message, waits);
        this.reports = List.copyOf(reports);
        for (Report report : reports) {
            if (report instanceof Report.UnobservedFailure unobserved) {
                addSuppressed(unobserved.failure());
            }
        }
    }

    /// What was reported while it ran and not taken by [Simulation#takeReports].
    public List<Report> reports() {
        return reports;
    }
}
