package dev.sluice.channel;

/// Buffered channels that have lanes, as if threads had met at them.
public final class SplitChannel {
    private SplitChannel() {}

    /// A new one.
    public static <T> Channel<T> buffered(int capacity) {
        Channel<T> channel = Channel.buffered(capacity);
        split(channel);
        return channel;
    }

    /// Gives lanes to a buffered channel that may be in use.
    static void split(Channel<?> channel) {
        ((LockedChannel<?>) channel).split();
    }

    static boolean isSplit(Channel<?> channel) {
        return ((LockedChannel<?>) channel).passage() != null;
    }
}
