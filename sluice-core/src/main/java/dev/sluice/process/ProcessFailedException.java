package dev.sluice.process;

/// A program that ended without success: `run sort -x: exit code 2: sort: invalid option -- 'x'`.
///
/// As a suppressed exception of a cancellation, or of an exceeded limit, it carries what the program had
/// written until then.
public final class ProcessFailedException extends ProcessException {
    private static final long serialVersionUID = 1;
    private static final int TAIL = 500;

    private final transient ProcessResult result;

    ProcessFailedException(String command, ProcessResult result) {
        super(command, "run " + command + ": " + result.exit() + tail(result.stderrText()));
        this.result = result;
    }

    /// How it ended, and what it wrote.
    public ProcessResult result() {
        return result;
    }

    private static String tail(String stderr) {
        String text = stderr.strip();
        if (text.isEmpty()) {
            return "";
        }
        return ": " + (text.length() <= TAIL ? text : "… " + text.substring(text.length() - TAIL));
    }
}
