package dev.sluice.space;

import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import java.util.function.Consumer;
import java.util.function.Function;

/// One end of a pipe: messages to the other end, and from it, in order.
///
/// ```java
/// try (Pipe<Order> pipe = space.pipe("orders", Order.class)) {
///     pipe.send(order);
///     Order reply = pipe.receive();
/// }
/// ```
///
/// A pipe has two ends. The first to open it gets one, the second the other; what is sent before the other end
/// is there waits for it, as far as there is room. When one end is closed, or its process dies, the other gets
/// what was sent before, and then the end. When both are gone, so is the pipe, and its name begins a new one.
///
/// Messages arrive whole or not at all: a sender that dies in the middle of one has not sent it.
///
/// Threads: any. Several tasks may send, and several receive; each message goes to one of them.
public interface Pipe<T> extends AutoCloseable, Iterable<T> {
    /// The name in its space.
    String name();

    /// Hands a message over; waits while there is no room.
    ///
    /// A cancelled send has not happened.
    ///
    /// @throws SpaceException `PEER_GONE` if the other end has gone, or goes meanwhile: nobody will receive it;
    ///     `FINISHED` after [#finish]; `TOO_LARGE`
    /// @throws dev.sluice.codec.CodecException if the message has no encoding
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    void send(T message);

    /// Hands a message over, if there is room at once.
    ///
    /// @return whether it was sent
    /// @throws SpaceException as [#send]
    boolean trySend(T message);

    /// Takes the next message; waits while there is none.
    ///
    /// A cancelled receive has not happened: the message is the next one's.
    ///
    /// @throws SpaceException `FINISHED` if the other end has sent all that it will: by [#finish] or by
    ///     closing; `PEER_GONE` if it died, or was aborted
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    T receive();

    /// Takes the next message, or learns that none will come: [Received.Value]; [Received.Done] after the other
    /// end has finished or closed; [Received.Failed] with a [SpaceException] if it died, or was aborted.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    Received<T> receiveOrEnd();

    /// Takes the next message if there is one; else as [#receiveOrEnd], or [Received.Empty].
    Received<T> tryReceive();

    /// A clause of a select that receives a message and runs an action with it. When it is chosen because none
    /// will come, the select throws as [#receive] does.
    ///
    /// If another clause is chosen, or the select is cancelled, nothing was received.
    Clause<Void> onReceive(Consumer<? super T> then);

    /// A clause of a select that receives a message or learns that none will come, as [#receiveOrEnd], and maps
    /// that to the result of the select.
    <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then);

    /// Says that this end sends no more. Receiving goes on.
    ///
    /// @return whether this call finished it
    boolean finish();

    /// Whether the other end is held at this moment.
    boolean connected();

    /// Waits until the other end is there; it may have gone again since.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    void awaitPeer();

    /// Gives this end up. What the other end has sent and nobody received is lost. Again it does nothing.
    @Override
    void close();

    /// Gives this end up as the death of its process would: the other end gets what was sent before, and then
    /// no end but `PEER_GONE`, unless this one has finished. After [#close] it does nothing.
    void abort();

    /// Receives until the other end has finished or closed; waits in `hasNext`.
    ///
    /// @throws SpaceException `PEER_GONE`, from the iterator, if it died, or was aborted
    @Override
    java.util.Iterator<T> iterator();

    /// What a pipe is made with.
    ///
    /// @param bytes how much each direction holds, encoded: 1 KiB to 1 GiB. Messages have up to a quarter of it
    record Options(int bytes) {
        public Options {
            if (bytes < 1 << 10 || bytes > 1 << 30) {
                throw new IllegalArgumentException(
                        "pipe options: bytes=" + bytes + ", expected " + (1 << 10) + ".." + (1 << 30));
            }
        }

        /// 256 KiB in each direction.
        public static Options defaults() {
            return new Options(1 << 18);
        }

        /// How many bytes an encoded message may have.
        public int largestMessage() {
            return bytes / 4;
        }
    }
}
