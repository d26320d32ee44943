package dev.sluice.io;

import java.io.EOFException;

/// The end came before all that was wanted.
public final class IncompleteReadException extends EOFException {
    private static final long serialVersionUID = 1;

    private final transient byte[] partial;

    IncompleteReadException(String operation, byte[] partial) {
        super(operation + ": the end came after " + partial.length + " bytes");
        this.partial = partial;
    }

    /// What came before the end.
    public byte[] partial() {
        return partial.clone();
    }
}
