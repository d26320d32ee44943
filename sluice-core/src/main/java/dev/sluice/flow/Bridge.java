package dev.sluice.flow;

import dev.sluice.channel.Receiver;
import dev.sluice.loop.Loop;
import dev.sluice.task.TaskGroup;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Between receivers and what other libraries speak: [Stream], and the reactive streams of [Flow].
///
/// ```java
/// library.subscribe(Bridge.publisher(group, orders));         // ours to theirs
/// Receiver<Price> prices = Bridge.receiver(group, library.prices(), 64);
/// ```
///
/// Streams and iterators become receivers as [Pipeline#of(Stream)], [Pipeline#of(Iterable)] and
/// [Pipeline#start].
///
/// Threads: as each method says.
public final class Bridge {
    private Bridge() {}

    /// A subscriber whose values come out of a receiver.
    ///
    /// Threads: any; the methods of the subscriber by its publisher, as reactive streams demand.
    public interface Inlet<T> extends Flow.Subscriber<T> {
        /// The values, then the end or the failure. When it is cancelled the subscription is cancelled, and the
        /// task ends, also while the publisher is silent.
        Receiver<T> values();
    }

    /// The values of a receiver, which the stream's user waits for.
    ///
    /// Closing the stream cancels the receiver, and drops what it holds. The stream asks for no more than is
    /// wanted, so one that is left open leaves the rest to others. Its threads: one at a time, any; a parallel
    /// stream waits on threads of the JDK's pool.
    public static <T> Stream<T> stream(Receiver<T> receiver) {
        var values =
                Spliterators.spliteratorUnknownSize(receiver.iterator(), Spliterator.ORDERED | Spliterator.NONNULL);
        return StreamSupport.stream(values, false).onClose(() -> receiver.cancel(value -> {}));
    }

    /// A publisher of a receiver's values, for one subscriber; others are refused by `onError`.
    ///
    /// A task of the group serves the subscriber, on the loop of the caller: it receives a value when one is
    /// requested, and so notices the end when one is. Each value that it takes goes to `onNext`. What the
    /// subscriber throws fails the task. When the group is cancelled the subscriber gets that as its error.
    ///
    /// @param group must still be open when the subscriber comes, which may be on any thread
    /// @throws IllegalStateException if the caller is not on a loop
    public static <T> Flow.Publisher<T> publisher(TaskGroup<?, ?> group, Receiver<T> receiver) {
        return new ReceiverPublisher<>(group, Loop.current(), receiver);
    }

    /// A subscriber to hand to a publisher. A task of the group passes its values on.
    ///
    /// At most `capacity` values are requested and not yet received; more are requested when three quarters of
    /// them have been. A publisher that sends more is cancelled, and the receiver fails.
    ///
    /// The publisher's failure is that of the receiver, behind the values before it, and not that of the task.
    ///
    /// @param capacity 1 to 2^30
    public static <T> Inlet<T> subscriber(TaskGroup<?, ?> group, int capacity) {
        var inlet = new ReceiverInlet<T>(capacity);
        group.start("subscriber", inlet::pass);
        return inlet;
    }

    /// The values of a publisher, subscribed to at once; see [#subscriber]. What the publisher's `subscribe` throws
    /// is thrown, and nothing is left in the group.
    ///
    /// @param capacity 1 to 2^30
    public static <T> Receiver<T> receiver(TaskGroup<?, ?> group, Flow.Publisher<? extends T> publisher, int capacity) {
        Objects.requireNonNull(publisher, "publisher");
        Inlet<T> inlet = subscriber(group, capacity);
        try {
            publisher.subscribe(inlet);
        } catch (Throwable refused) {
            inlet.values().cancel(value -> {}); // or else its task would wait for ever
            throw refused;
        }
        return inlet.values();
    }
}
