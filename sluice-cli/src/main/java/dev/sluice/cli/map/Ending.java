package dev.sluice.cli.map;

import dev.sluice.cancel.Durations;
import java.time.Duration;

/// How one attempt of an item ended.
sealed interface Ending {
    /// What a shell says of a program that it did not find.
    int NOT_FOUND = 127;

    /// What a shell says of a program that it found and could not run.
    int NOT_RUN = 126;

    int SIGTERM = 15;

    /// By itself.
    record Exited(int code) implements Ending {
        static final Exited SUCCESS = new Exited(0);
    }

    /// By a signal that was not ours.
    record Signalled(int signal, String name) implements Ending {}

    /// It took longer than it may, and was ended.
    record TimedOut(Duration limit) implements Ending {}

    /// There was no process.
    ///
    /// @param code [#NOT_FOUND] or [#NOT_RUN]
    record NotStarted(int code, String why) implements Ending {}

    /// Another item failed, and `--halt now` ended this one.
    record Halted() implements Ending {}

    default boolean succeeded() {
        return this instanceof Exited(int code) && code == 0;
    }

    /// Whether another attempt makes sense.
    default boolean mayBeRetried() {
        return !succeeded() && !(this instanceof Halted) && !(this instanceof NotStarted);
    }

    /// The column `Exitval` of the joblog, and the file `exit` of a results directory: -1 for what we ended.
    default int exitValue() {
        return switch (this) {
            case Exited(int code) -> code;
            case Signalled _ -> 0;
            case NotStarted(int code, String _) -> code;
            case TimedOut _, Halted _ -> -1;
        };
    }

    /// The column `Signal` of the joblog; 0 for none.
    default int signal() {
        return switch (this) {
            case Signalled(int signal, String _) -> signal;
            case TimedOut _, Halted _ -> SIGTERM;
            case Exited _, NotStarted _ -> 0;
        };
    }

    /// The reason for people; equal for endings that are to be counted together.
    default String describe() {
        return switch (this) {
            case Exited(int code) -> "exit code " + code;
            case Signalled(int _, String name) -> "signal " + name;
            case TimedOut(Duration limit) -> "timed out after " + Durations.print(limit);
            case NotStarted(int _, String why) -> "could not start: " + why;
            case Halted _ -> "ended by --halt now";
        };
    }
}
