package dev.sluice.process;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A program that could not be started: `start gti status: program gti in PATH=…: ENOENT (No such file or
/// directory)`.
public final class ProcessStartException extends ProcessException {
    private static final long serialVersionUID = 1;

    private final @Nullable String error;

    /// @param error the system's name of the error, if it is the system's
    /// @param text what failed, and how
    ProcessStartException(String command, @Nullable String error, String text) {
        super(command, "start " + command + ": " + text);
        this.error = error;
    }

    /// The system's name of the error: `ENOENT`, `EACCES`, `E2BIG`, `EMFILE` …; empty where it is not told.
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }
}
