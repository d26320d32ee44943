package dev.sluice.io;

/// Two at once read the same source, or write to the same sink: a defect of the program, as their bytes would
/// mix.
public final class StreamBusyException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /// @param operation what was tried
    /// @param stream the name of what it was tried on
    /// @param holder who does that already
    public StreamBusyException(String operation, String stream, String holder) {
        super(operation + " " + stream + ": " + holder + " does that already, expected one at a time");
    }
}
