package dev.sluice.loop;

import dev.sluice.internal.strand.RootStrand;
import dev.sluice.internal.strand.WaitSurvey;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.observe.WaitGraph.Circle;
import java.util.List;

/// Reports deadlocks, each once while it lasts.
///
/// A circle that a deadline will end is none yet: taking locks with a deadline is how programs get out of it.
///
/// Threads: any.
final class DeadlockWatch {
    private final String name;
    private final RootStrand root;
    private volatile List<Circle> reported = List.of(); // by who looks; pairs with the read of the next who does

    DeadlockWatch(String name, RootStrand root) {
        this.name = name;
        this.root = root;
    }

    /// Reports circles that were not reported by the look before.
    void look() {
        report(WaitSurvey.circles(root));
    }

    void report(List<Circle> circles) {
        List<Circle> lasting =
                circles.stream().filter(circle -> !circle.deadline()).toList();
        List<Circle> before = reported;
        List<Circle> fresh =
                lasting.stream().filter(circle -> !before.contains(circle)).toList();
        reported = lasting;
        if (!fresh.isEmpty()) {
            Reports.publish(new Report.Deadlock(name, fresh));
        }
    }
}
