package dev.sluice.process;

import java.io.IOException;

/// A program that could not be started, or did not do its work.
public sealed class ProcessException extends IOException permits ProcessStartException, ProcessFailedException {
    private static final long serialVersionUID = 1;

    private final String command;

    ProcessException(String command, String message) {
        super(message);
        this.command = command;
    }

    /// The command as a person would type it.
    public String command() {
        return command;
    }
}
