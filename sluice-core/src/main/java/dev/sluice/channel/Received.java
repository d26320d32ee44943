package dev.sluice.channel;

/// What a receive that does not throw has found.
public sealed interface Received<T> {
    /// A value.
    record Value<T>(T value) implements Received<T> {}

    /// Nothing at this moment.
    record Empty<T>() implements Received<T> {}

    /// Nothing any more: the channel is closed and drained.
    record Done<T>() implements Received<T> {}

    /// Nothing any more, because of a failure.
    record Failed<T>(Throwable cause) implements Received<T> {}
}
