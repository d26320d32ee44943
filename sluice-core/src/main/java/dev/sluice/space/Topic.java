package dev.sluice.space;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import java.util.function.Consumer;
import java.util.function.Function;

/// Where each message goes to all who subscribed, in one order that is the same for all.
///
/// ```java
/// Topic<Price> prices = space.topic("prices", Price.class);
/// prices.publish(price);
/// try (Topic.Subscription<Price> own = prices.subscribe(Lag.DROP_OLDEST)) {
///     for (Price each : own) show(each);                      // until the topic is finished
/// }
/// ```
///
/// A subscription gets what is published after it began; without subscriptions messages go nowhere, at once.
/// What a subscription does that is slow, it says when it begins. A subscriber that dies holds nobody up.
///
/// Threads: any, of any member of the space.
public interface Topic<T> {
    /// The name in its space.
    String name();

    /// What it was made with.
    Options options();

    /// Publishes a message; waits while a subscription is behind that asked for it, by [Lag#WAIT].
    ///
    /// A cancelled publish has not happened, for anybody.
    ///
    /// @throws SpaceException `FINISHED`; `TOO_LARGE`
    /// @throws dev.sluice.codec.CodecException if the message has no encoding
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    void publish(T message);

    /// Publishes a message if nobody has to be waited for.
    ///
    /// @return whether it was published
    /// @throws SpaceException as [#publish]
    boolean tryPublish(T message);

    /// Begins to receive what is published from now on. Close it, or its lag may hold publishers up.
    ///
    /// @param lag what happens when it is as far behind as it may be
    Subscription<T> subscribe(Lag lag);

    /// Says that nothing more is published, by anybody: subscriptions get what they have not received, then the
    /// end.
    ///
    /// @return whether this call finished it
    boolean finish();

    /// One subscriber's end. When several tasks receive from it, each message goes to one of them.
    ///
    /// Threads: any of the process that subscribed.
    interface Subscription<T> extends AutoCloseable, Iterable<T> {
        /// Takes the next message; waits while there is none.
        ///
        /// @throws SpaceException `FINISHED` after the last message of a finished topic, and after [#close];
        ///     `LAGGED` if it fell behind and had asked for that, by [Lag#FAIL]
        /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has taken nothing then
        T receive();

        /// Takes the next message, or learns that none will come: [Received.Value], [Received.Done], or
        /// [Received.Failed] with a [SpaceException] `LAGGED`.
        ///
        /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
        Received<T> receiveOrEnd();

        /// Takes the next message if there is one; else as [#receiveOrEnd], or [Received.Empty].
        Received<T> tryReceive();

        /// A clause of a select that receives a message and runs an action with it. When it is chosen because
        /// none will come, the select throws as [#receive] does.
        ///
        /// If another clause is chosen, or the select is cancelled, nothing was received.
        Clause<Void> onReceive(Consumer<? super T> then);

        /// A clause of a select that receives a message or learns that none will come, as [#receiveOrEnd], and
        /// maps that to the result of the select.
        <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then);

        /// How many messages it has lost because it was slow, by [Lag#DROP_OLDEST].
        long dropped();

        /// Ends the subscription. Again it does nothing.
        @Override
        void close();

        /// Receives until the topic is finished; waits in `hasNext`.
        @Override
        java.util.Iterator<T> iterator();
    }

    /// What a topic is made with.
    ///
    /// @param capacity how many messages a subscription may be behind, 1 to 2^20
    /// @param itemBytes how large an encoded message may be, 1 to what the distance allows
    record Options(int capacity, int itemBytes) {
        public Options {
            if (capacity < 1 || capacity > 1 << 20) {
                throw new IllegalArgumentException(
                        "topic options: capacity=" + capacity + ", expected 1.." + (1 << 20));
            }
            if (itemBytes < 1 || itemBytes > 1 << 30) {
                throw new IllegalArgumentException(
                        "topic options: itemBytes=" + itemBytes + ", expected 1.." + (1 << 30));
            }
        }

        /// 1024 messages of up to 4 KiB.
        public static Options defaults() {
            return new Options(1024, 1 << 12);
        }

        public Options withCapacity(int capacity) {
            return new Options(capacity, itemBytes);
        }

        public Options withItemBytes(int itemBytes) {
            return new Options(capacity, itemBytes);
        }
    }
}
