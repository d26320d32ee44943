package dev.sluice.flow;

import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Received;
import dev.sluice.channel.Receiver;
import dev.sluice.channel.Select;
import dev.sluice.loop.Loop;
import dev.sluice.task.TaskGroup;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A receiver as a publisher: one task receives what is requested and calls the subscriber, so its calls are
/// one after the other without a lock.
///
/// Threads: any.
final class ReceiverPublisher<T> implements Flow.Publisher<T> {
    private final TaskGroup<?, ?> group;
    private final Loop loop;
    private final Receiver<T> receiver;
    private final AtomicBoolean taken = new AtomicBoolean(); // one subscriber wins; pairs with itself

    ReceiverPublisher(TaskGroup<?, ?> group, Loop loop, Receiver<T> receiver) {
        this.group = group;
        this.loop = loop;
        this.receiver = receiver;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super T> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        // One winner; pairs with itself.
        if (!taken.compareAndSet(false, true)) {
            refuse(
                    subscriber,
                    new IllegalStateException(
                            "subscribe to " + this + ": it has a subscriber already, expected one in all"));
            return;
        }
        try {
            group.startOn(loop, "publisher", () -> new Delivery<T>(receiver).to(subscriber));
        } catch (IllegalStateException ended) {
            refuse(subscriber, ended);
        }
    }

    /// Subscribes and fails, as the rules of reactive streams have it.
    private static void refuse(Flow.Subscriber<?> subscriber, Throwable why) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
        });
        subscriber.onError(why);
    }

    @Override
    public String toString() {
        return "publisher of " + receiver;
    }

    /// One subscription.
    ///
    /// Threads: `request` and `cancel` any; the rest the task.
    private static final class Delivery<T> implements Flow.Subscription {
        private final Receiver<T> receiver;
        private final AtomicLong wanted = new AtomicLong(); // requested and not delivered
        private final Channel<Boolean> change = Channel.latest(); // looked at when there is nothing to do

        // Written before `change` is sent to, by any thread, and read after it was received.
        private volatile boolean cancelled; // pairs with the read in open
        private volatile @Nullable IllegalArgumentException wrong; // pairs with the read in open

        Delivery(Receiver<T> receiver) {
            this.receiver = receiver;
        }

        @Override
        public void request(long count) {
            if (count <= 0) {
                wrong = new IllegalArgumentException(
                        "request from " + receiver + ": n=" + count + ", expected more than 0 (rule 3.9)");
            } else {
                // Only a count; what it lets through is ordered by `change`. Pairs with the decrement in
                // deliver.
                wanted.accumulateAndGet(count, Delivery::plus);
            }
            change.trySend(true);
        }

        private static long plus(long a, long b) {
            return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
        }

        @Override
        public void cancel() {
            cancelled = true;
            change.trySend(true);
        }

        void to(Flow.Subscriber<? super T> subscriber) {
            subscriber.onSubscribe(this);
            Received<T> end;
            try {
                end = deliver(subscriber);
            } catch (CancelledException ended) {
                if (!cancelled) {
                    subscriber.onError(ended);
                }
                throw ended;
            }
            IllegalArgumentException misuse = wrong;
            if (cancelled) {
                return;
            }
            if (misuse != null) {
                subscriber.onError(misuse);
            } else if (end instanceof Received.Failed<T>(Throwable cause)) {
                subscriber.onError(cause);
            } else {
                subscriber.onComplete();
            }
        }

        private boolean open() {
            return !cancelled && wrong == null;
        }

        /// Delivers until the receiver ends, or nobody wants more.
        private Received<T> deliver(Flow.Subscriber<? super T> subscriber) {
            var next = Select.<Received<T>>of(
                    change.onReceived(any -> new Received.Empty<>()), receiver.onReceived(received -> received));
            while (open()) {
                // Pairs with the sum in request.
                if (wanted.get() == 0) {
                    change.receive();
                    continue;
                }
                Received<T> received = receiver.tryReceive();
                if (received instanceof Received.Empty<T>) {
                    received = next.await();
                }
                switch (received) {
                    case Received.Value<T>(T value) -> {
                        // Pairs with the sum in request.
                        wanted.decrementAndGet();
                        subscriber.onNext(value);
                    }
                    case Received.Empty<T> nothing -> {}
                    case Received.Done<T> done -> {
                        return done;
                    }
                    case Received.Failed<T> failed -> {
                        return failed;
                    }
                }
            }
            return new Received.Empty<>();
        }
    }
}
