package dev.sluice.channel;

/// Thrown by receiving from a channel whose sender said that it failed. The cause is the failure.
public final class ChannelFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ChannelFailedException(String operation, String channel, Throwable cause) {
        super(operation + " " + channel + ": failed: " + cause, cause);
    }
}
