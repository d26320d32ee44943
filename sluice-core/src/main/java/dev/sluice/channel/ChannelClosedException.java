package dev.sluice.channel;

/// Thrown by sending to a channel that takes no more values, and by receiving from one that has none left.
public final class ChannelClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ChannelClosedException(String operation, String channel) {
        super(operation + " " + channel + ": closed");
    }
}
