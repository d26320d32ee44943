package dev.sluice.task;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Strand;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import java.util.Objects;

/// Thrown by waiting for a task that failed. The cause is what the task threw; failures of further tasks of the
/// same group are suppressed exceptions of the same type, so none is lost.
///
/// It is one type, checked by nobody, because Java cannot say "whatever the bodies throw"; the message names
/// the task and repeats the cause.
public final class TaskFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String task;

    /// @param task the path of the task
    public TaskFailedException(String task, Throwable cause) {
        super("task " + task + " failed: " + cause, cause);
        this.task = task;
    }

    /// Reports the failures that a cancellation carries, see [TaskGroup#join], because it is not thrown on and
    /// they would vanish with it.
    static void reportThoseIn(Throwable cancellation) {
        for (Throwable carried : cancellation.getSuppressed()) {
            if (carried instanceof TaskFailedException failed) {
                EventLoop loop = Strand.current().loop();
                var report = new Report.UnobservedFailure(failed.task, Objects.requireNonNull(failed.getCause()));
                if (loop != null) {
                    loop.report(report);
                } else {
                    Reports.publish(report);
                }
            }
        }
    }

    /// The path of the task that failed: `main/fetch/a`.
    public String task() {
        return task;
    }
}
