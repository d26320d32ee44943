package dev.sluice.channel;

import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Function;

/// The end of a channel that values come out of.
///
/// `for (T value : receiver)` receives until the channel is closed.
///
/// Threads: any; each value goes to one receiver, in the order in which receivers began to wait.
public sealed interface Receiver<T> extends Iterable<T> permits Channel, Broadcast.Subscription, ReceivingEnd {
    /// Takes the next value; suspends while there is none.
    ///
    /// A cancelled receive has not happened: the value stays in the channel, for others.
    ///
    /// @throws ChannelClosedException if the channel is closed and drained
    /// @throws ChannelFailedException if it was closed by a failure and drained
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    T receive();

    /// Takes the next value, or learns that none will come, as a value: the form without exceptions.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    Received<T> receiveOrEnd();

    /// Takes the next value if there is one.
    Received<T> tryReceive();

    /// Refuses all further values and drops those that are buffered; each is handed to `dropped`, by the
    /// caller. Senders that wait fail.
    ///
    /// @return whether this call ended the channel
    boolean cancel(Consumer<? super T> dropped);

    /// A clause that receives a value and runs an action with it. When it is chosen because the channel has
    /// ended, the select throws [ChannelClosedException] or [ChannelFailedException].
    Clause<Void> onReceive(Consumer<? super T> then);

    /// A clause that receives a value or the end, and maps it to the result of the select.
    <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then);

    /// Receives until the channel is closed; waits in `hasNext`.
    @Override
    Iterator<T> iterator();
}
