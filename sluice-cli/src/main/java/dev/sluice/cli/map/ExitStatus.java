package dev.sluice.cli.map;

/// The exit statuses of `sluice map`; 130, 143 and 129 are those of a run that SIGINT, SIGTERM or SIGHUP ended.
final class ExitStatus {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_RUN = 126;
    static final int NOT_FOUND = 127;

    /// The reader of our output has gone: what a shell shows of a filter that SIGPIPE ended.
    static final int BROKEN_PIPE = 128 + 13;

    private ExitStatus() {}
}
