package dev.sluice.cli.map;

/// What was typed cannot be done; the message says what would be right.
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
