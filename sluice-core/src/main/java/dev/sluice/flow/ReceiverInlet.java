package dev.sluice.flow;

import dev.sluice.channel.Channel;
import dev.sluice.channel.Offer;
import dev.sluice.channel.Received;
import dev.sluice.channel.Receiver;
import dev.sluice.channel.Select;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/// A subscriber with a receiver behind it.
///
///     publisher ──onNext──▶ arrived (capacity) ──task──▶ values (rendezvous) ──▶ receiver
///         ▲────────────request, when three quarters are received───┘
///
/// Invariant: what is requested and has not been received fits into `arrived`, so a call of the publisher's
/// never waits.
/// Threads: the methods of the subscriber any, one at a time; `pass` by its task.
final class ReceiverInlet<T> implements Bridge.Inlet<T> {
    private static final Flow.Subscription NONE = new NoSubscription();
    private static final Flow.Subscription OVER = new NoSubscription();

    private final int capacity;
    private final Channel<T> arrived;
    private final Channel<T> values = Channel.<T>rendezvous().named("subscriber");

    /// NONE, then the publisher's or, when no more is wanted, OVER: each step by one winner; pairs with itself.
    private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>(NONE);

    ReceiverInlet(int capacity) {
        this.capacity = capacity;
        this.arrived = Channel.<T>buffered(capacity).named("subscriber(" + capacity + ")");
    }

    @Override
    public Receiver<T> values() {
        return values;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        Objects.requireNonNull(given, "subscription");
        // One winner; pairs with itself, and with the exchange in stop.
        if (subscription.compareAndSet(NONE, given)) {
            given.request(capacity);
        } else {
            given.cancel();
        }
    }

    @Override
    public void onNext(T value) {
        Objects.requireNonNull(value, "value");
        if (arrived.trySend(value) == Offer.FULL) {
            arrived.fail(new IllegalStateException(
                    "onNext of subscriber: more values than requested, expected at most " + capacity));
            stop();
        }
    }

    @Override
    public void onError(Throwable failure) {
        arrived.fail(Objects.requireNonNull(failure, "failure"));
    }

    @Override
    public void onComplete() {
        arrived.close();
    }

    /// The body of the task: passes values on, and requests more.
    void pass() {
        int batch = capacity - capacity / 4;
        int received = 0;
        var next = Select.<Received<T>>of(arrived.onReceived(this::orEnd), values.onClosed(Received.Done::new));
        try {
            while (next.await() instanceof Received.Value<T>(T value) && Branch.sent(values, value)) {
                if (++received == batch) {
                    // Pairs with onSubscribe, whose values these are.
                    subscription.get().request(received);
                    received = 0;
                }
            }
        } catch (Throwable failure) {
            values.fail(failure);
            throw failure;
        } finally {
            arrived.cancel(value -> {});
            stop();
        }
    }

    /// Passes the end on.
    private Received<T> orEnd(Received<T> received) {
        switch (received) {
            case Received.Failed<T>(Throwable cause) -> values.fail(cause);
            case Received.Done<T> done -> values.close();
            case Received.Value<T> value -> {}
            case Received.Empty<T> nothing -> {}
        }
        return received;
    }

    private void stop() {
        // Pairs with onSubscribe, which may come later.
        subscription.getAndSet(OVER).cancel();
    }

    /// What stands where there is no subscription.
    private static final class NoSubscription implements Flow.Subscription {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    }
}
