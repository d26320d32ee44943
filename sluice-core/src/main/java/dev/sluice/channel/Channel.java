package dev.sluice.channel;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// Where tasks hand values over: each value from one sender to one receiver, in order.
///
/// ```java
/// Channel<Order> orders = Channel.buffered(64);
/// group.start("shop", () -> {
///     for (Order order : source) orders.send(order);          // suspends while 64 wait
///     orders.close();
/// });
/// for (Order order : orders) handle(order);                   // until closed
/// ```
///
/// A value is delivered or still the sender's, never neither and never both, whatever is cancelled when. Values
/// arrive in the order in which they were sent, and those who wait are served in the order in which they began
/// to, which is some microseconds after they came at most. Ends may be on different loops, or on threads that
/// are not ours.
///
/// Null is not a value. There is no `size()`: it is wrong when it is read; [#statistics] is for people.
///
/// Threads: any.
public sealed interface Channel<T> extends Sender<T>, Receiver<T> permits LockedChannel {
    /// A channel that holds nothing: a send ends when a receiver has taken the value.
    static <T> Channel<T> rendezvous() {
        return new LockedChannel<>("rendezvous", new Store.None<>(0), Channel::forget);
    }

    /// A channel that holds up to `capacity` values.
    ///
    /// @param capacity 1 to 2^30
    static <T> Channel<T> buffered(int capacity) {
        return new LockedChannel<>("buffered(" + capacity + ")", new Store.Ring<>(capacity), Channel::forget);
    }

    /// A channel that holds the newest value only: sending never suspends.
    ///
    /// @param dropped gets each value that a newer one replaced before it was received; called by the sender
    static <T> Channel<T> latest(Consumer<? super T> dropped) {
        return new LockedChannel<>("latest", new Store.Latest<>(), Objects.requireNonNull(dropped, "dropped"));
    }

    /// A channel that holds the newest value only and forgets the others.
    static <T> Channel<T> latest() {
        return latest(Channel::forget);
    }

    /// A channel without a limit: sending never suspends, and a slow receiver lets it grow until the memory is
    /// full. The only thing of Sluice that has no bound; prefer one that has.
    static <T> Channel<T> unlimited() {
        return new LockedChannel<>("unlimited", new Store.Unlimited<>(), Channel::forget);
    }

    /// A channel that holds up to `capacity` values and gives out the one of the least rank first; equal ones
    /// in their order.
    ///
    /// @param capacity 1 to 2^30
    /// @param rank asked once for each value, by its sender
    static <T> Channel<T> priority(int capacity, ToLongFunction<? super T> rank) {
        Objects.requireNonNull(rank, "rank");
        return new LockedChannel<>(
                "priority(" + capacity + ")", new Store.Priority<>(capacity), Channel::forget, rank, null);
    }

    /// A channel that holds up to `capacity` values, each of which can be received when its delay has passed,
    /// on the clock of the loop that makes the channel; those that are due, the earliest first.
    ///
    /// Receivers of a closed channel wait for what is not due yet, and get the end after it.
    ///
    /// @param capacity 1 to 2^30
    /// @param delay asked once for each value, by its sender; from the moment of sending, zero or less for none
    static <T> Channel<T> delayed(int capacity, Function<? super T, Duration> delay) {
        Objects.requireNonNull(delay, "delay");
        var alarm = new Alarm();
        Clock clock = alarm.clock();
        return new LockedChannel<>(
                "delayed(" + capacity + ")",
                new Store.Delayed<>(capacity, clock),
                Channel::forget,
                value -> EventLoop.saturatedAdd(clock.nanoTime(), EventLoop.nanos(delay.apply(value))),
                alarm);
    }

    /// The same channel under a name, which messages and pictures show. Call it before the channel is shared.
    Channel<T> named(String name);

    /// The same channel, for the loop of the caller alone: its coroutines pass values without an atomic
    /// operation, a buffered one in about two thirds of the time. Call it before the channel is shared.
    ///
    /// Whoever uses it from elsewhere, also to close it or for its statistics, gets an `IllegalStateException`,
    /// and nothing has happened. Where loops are not [confined][dev.sluice.loop.Loop#confined] the channel
    /// stays as it was.
    ///
    /// @throws IllegalStateException if the caller is not on a loop, or it is a delayed channel of another one
    Channel<T> confined();

    /// One reading, for people.
    ChannelStatistics statistics();

    private static void forget(Object value) {}
}
