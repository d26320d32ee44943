package dev.sluice.channel;

import java.util.List;
import java.util.function.Consumer;

/// Where each value goes to all who subscribed, in one order that is the same for all.
///
/// ```java
/// Broadcast<Price> prices = Broadcast.buffered(64);
/// try (var own = prices.subscribe(Broadcast.Lag.DROP_OLDEST)) {
///     for (Price price : own) show(price);                    // until closed
/// }
/// ```
///
/// A subscription gets what is sent after it began. A send has happened for all subscriptions or, if it is
/// cancelled or the broadcast closed before, for none. Without subscriptions values go nowhere, at once.
///
/// Threads: any.
public sealed interface Broadcast<T> extends Sender<T> permits LockedBroadcast {
    /// A broadcast whose subscriptions may be up to `capacity` values behind.
    ///
    /// @param capacity 1 to 2^20
    static <T> Broadcast<T> buffered(int capacity) {
        return new LockedBroadcast<>("broadcast(" + capacity + ")", capacity);
    }

    /// What happens to a subscription that is as far behind as it may be when one more value is sent.
    enum Lag {
        /// The sender waits for it.
        WAIT,
        /// It loses the oldest value that it has not received, and counts it.
        DROP_OLDEST,
        /// It ends: receiving from it throws [LaggedException].
        FAIL
    }

    /// Begins to receive what is sent from now on.
    Subscription<T> subscribe(Lag lag);

    /// The same broadcast under a name, which messages and pictures show. Call it before it is shared.
    Broadcast<T> named(String name);

    /// One reading, for people.
    Statistics statistics();

    /// One subscriber's end. When several strands receive from one subscription, each value goes to one of them.
    ///
    /// Close it, or its lag may hold senders up.
    sealed interface Subscription<T> extends Receiver<T>, AutoCloseable permits LockedSubscription {
        /// Ends the subscription, and nothing else: those who wait at it get the end. The others go on.
        ///
        /// @param dropped gets what it has not received
        /// @return whether this call ended it
        @Override
        boolean cancel(Consumer<? super T> dropped);

        /// Ends the subscription and forgets what it has not received.
        @Override
        void close();

        /// One reading, for people.
        SubscriptionStatistics statistics();
    }

    /// One reading of a broadcast.
    ///
    /// @param name what messages call it
    /// @param capacity how far behind a subscription may be
    /// @param waitingSenders senders that wait for slow subscriptions
    /// @param sent values sent since the start
    /// @param closed whether it takes no more values
    /// @param subscriptions those that have not ended
    record Statistics(
            String name,
            int capacity,
            int waitingSenders,
            long sent,
            boolean closed,
            List<SubscriptionStatistics> subscriptions) {}

    /// One reading of a subscription.
    ///
    /// @param lag what happens when it is slow
    /// @param behind how many values it has not received yet
    /// @param waitingReceivers receivers that wait for a value
    /// @param received values received since it began
    /// @param dropped values that it lost because it was slow
    record SubscriptionStatistics(Lag lag, int behind, int waitingReceivers, long received, long dropped) {}

    /// Thrown by receiving from a subscription that fell too far behind and had asked to fail then.
    final class LaggedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        LaggedException(String broadcast, long behind, int capacity) {
            super("receive from " + broadcast + ": behind=" + behind + ", expected at most " + capacity);
        }
    }
}
