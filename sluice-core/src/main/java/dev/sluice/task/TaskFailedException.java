package dev.sluice.task;

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

    /// The path of the task that failed: `main/fetch/a`.
    public String task() {
        return task;
    }
}
