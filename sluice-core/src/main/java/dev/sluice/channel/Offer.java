package dev.sluice.channel;

/// What became of a value that was offered without waiting.
public enum Offer {
    /// It was taken.
    SENT,
    /// There was no room, and no receiver waited.
    FULL,
    /// The channel takes no more values.
    CLOSED
}
