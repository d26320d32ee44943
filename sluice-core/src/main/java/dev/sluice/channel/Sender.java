package dev.sluice.channel;

import java.util.function.Supplier;

/// The end of a channel that values go into.
///
/// Threads: any.
public sealed interface Sender<T> permits Channel, Broadcast, SendingEnd {
    /// Hands a value over; suspends while there is no room and nobody takes it.
    ///
    /// A cancelled send has not happened: the value is still the caller's.
    ///
    /// @throws ChannelClosedException if the channel is closed, or is closed meanwhile; the value was not taken
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    void send(T value);

    /// Hands a value over if that is possible at once.
    Offer trySend(T value);

    /// Says that no more values come. Receivers get what is buffered, then the end. Senders that wait fail.
    ///
    /// @return whether this call closed it
    boolean close();

    /// Says that no more values come, because of a failure: receivers get what is buffered, then the failure.
    ///
    /// @return whether this call closed it
    boolean fail(Throwable cause);

    /// A clause that sends a value, made when the select looks for one, and then runs an action.
    ///
    /// @param value called at most once for each select; what it returned is sent or, if another clause wins,
    ///     forgotten
    Clause<Void> onSend(Supplier<? extends T> value, Runnable then);

    /// A clause that is chosen when no value is taken any more: the channel was closed or failed, or its receiver
    /// has cancelled it. So a source that has nothing to send learns that nobody listens.
    ///
    /// It stays chosen from then on. Buffered values may not have been received yet.
    <R> Clause<R> onClosed(Supplier<? extends R> then);
}
