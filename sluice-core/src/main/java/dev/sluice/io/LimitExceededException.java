package dev.sluice.io;

import java.io.IOException;

/// More bytes came than the caller wants to hold.
public final class LimitExceededException extends IOException {
    private static final long serialVersionUID = 1;

    private final long limit;

    /// @param operation what was done, and on what
    /// @param limit how many bytes were expected at most
    public LimitExceededException(String operation, long limit) {
        super(operation + ": more than limit=" + limit + " bytes");
        this.limit = limit;
    }

    /// How many bytes were expected at most.
    public long limit() {
        return limit;
    }
}
