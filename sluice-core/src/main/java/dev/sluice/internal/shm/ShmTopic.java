package dev.sluice.internal.shm;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.internal.access.Clauses;
import dev.sluice.internal.space.Actions;
import dev.sluice.internal.space.Receiving;
import dev.sluice.internal.strand.Strand;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.Topic;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A topic between processes, as users see it.
///
/// Threads: any.
record ShmTopic<T>(TopicWords words, Codec<T> codec) implements Topic<T> {
    @Override
    public String name() {
        return words.name();
    }

    @Override
    public Options options() {
        return words.options();
    }

    @Override
    public void publish(T message) {
        byte[] bytes = encoded(message);
        if (!use("publish to", () -> words.publish(bytes))) {
            throw finished();
        }
    }

    @Override
    public boolean tryPublish(T message) {
        byte[] bytes = encoded(message);
        return switch (use("publish to", () -> words.tryPublish(bytes))) {
            case DONE -> true;
            case FULL -> false;
            case FINISHED -> throw finished();
        };
    }

    private byte[] encoded(T message) {
        words.requireOpen();
        byte[] bytes = codec.encode(message);
        if (bytes.length > options().itemBytes()) {
            throw new SpaceException(
                    Problem.TOO_LARGE,
                    "publish to " + words + ": bytes=" + bytes.length + ", expected at most "
                            + options().itemBytes());
        }
        return bytes;
    }

    private SpaceException finished() {
        return new SpaceException(Problem.FINISHED, "publish to " + words + ": it is finished");
    }

    /// Runs what may meet damage.
    private <R> R use(String doing, Supplier<R> body) {
        try {
            return body.get();
        } catch (IndexOutOfBoundsException damaged) {
            throw new SpaceException(Problem.REFUSED, doing + " " + words + ": " + damaged.getMessage(), damaged);
        }
    }

    @Override
    public boolean finish() {
        return use("finish", words::finish);
    }

    @Override
    public Subscription<T> subscribe(Lag lag) {
        Objects.requireNonNull(lag, "lag"); // before publishers meet it
        return use(
                "subscribe to",
                () -> words.mapped(() -> {
                    int place = lag == Lag.WAIT ? words.takePlace() : TopicWords.NONE;
                    if (lag == Lag.WAIT && place == TopicWords.NONE) {
                        throw new SpaceException(
                                Problem.BUSY,
                                "subscribe to " + words + ": waited for=256, expected fewer subscriptions");
                    }
                    long from = place == TopicWords.NONE ? words.reach().last() : words.cursorOf(place);
                    return new ShmSubscription<>(this, lag, place, from);
                }));
    }

    @Override
    public String toString() {
        return words.toString();
    }

    /// What one subscriber has received.
    ///
    /// Threads: any of the process. `lock` guards what it remembers; nobody waits with it.
    private static final class ShmSubscription<T> extends Receiving<T> implements Subscription<T> {
        private final ShmTopic<T> topic;
        private final TopicWords words;
        private final Lag lag;
        private final int place;
        private final WaitPoint point;
        private final ReentrantLock lock = new ReentrantLock(); // of strands

        private volatile long received; // the version; written under lock, pairs with the read in mayReceive
        private volatile boolean ended; // pairs with the read in mayReceive: set before those who wait are woken

        private boolean lagged; // guarded by lock
        private long dropped; // guarded by lock

        ShmSubscription(ShmTopic<T> topic, Lag lag, int place, long from) {
            this.topic = topic;
            this.words = topic.words;
            this.lag = lag;
            this.place = place;
            this.received = from;
            this.point = words.newPoint(this::mayReceive);
        }

        private boolean mayReceive() {
            TopicWords.Reach reach = words.reach();
            return ended || reach.ended() || reach.last() != received;
        }

        private Received<byte[]> tryReceiveBytes() {
            return topic.use(
                    "receive from",
                    () -> words.mapped(() -> {
                        lock.lock();
                        try {
                            return receiveMapped();
                        } finally {
                            lock.unlock();
                        }
                    }));
        }

        private Received<byte[]> receiveMapped() {
            while (!ended) {
                TopicWords.Reach reach = words.reach();
                lagged |= lag == Lag.FAIL && lostUntil(reach) > 0;
                if (lagged) {
                    return new Received.Failed<>(new SpaceException(
                            Problem.LAGGED,
                            "receive from " + words + ": behind by more than "
                                    + topic.options().capacity()));
                }
                long lost = lostUntil(reach);
                dropped += lost;
                long before = received + lost;
                received = before;
                if (before == reach.last()) {
                    return reach.ended() ? new Received.Done<>() : new Received.Empty<>();
                }
                byte @Nullable [] message = words.message(before + 1, reach);
                if (message != null) {
                    received = before + 1;
                    if (place != TopicWords.NONE) {
                        words.move(place, before + 1);
                    }
                    return new Received.Value<>(message);
                }
            }
            return new Received.Done<>();
        }

        private long lostUntil(TopicWords.Reach reach) {
            return Math.max(0, reach.last() - topic.options().capacity() - received);
        }

        private Received<T> decoded(Received<byte[]> bytes) {
            return switch (bytes) {
                case Received.Value<byte[]>(byte[] message) -> new Received.Value<>(topic.codec.decode(message));
                case Received.Failed<byte[]>(Throwable cause) -> new Received.Failed<>(cause);
                case Received.Done<byte[]>() -> new Received.Done<>();
                case Received.Empty<byte[]>() -> new Received.Empty<>();
            };
        }

        @Override
        protected SpaceException ended() {
            return new SpaceException(Problem.FINISHED, "receive from " + words + ": no more messages come");
        }

        @Override
        public <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then) {
            return Clauses.taking(
                    topic,
                    point.taking(() -> Actions.unlessEmpty(tryReceiveBytes())),
                    bytes -> then.apply(decoded(bytes)));
        }

        @Override
        public Received<T> receiveOrEnd() {
            Strand.current().checkpoint();
            Received<byte[]> message = tryReceiveBytes();
            while (message instanceof Received.Empty) {
                point.await(topic);
                message = tryReceiveBytes();
            }
            point.passOn();
            return decoded(message);
        }

        @Override
        public Received<T> tryReceive() {
            return decoded(tryReceiveBytes());
        }

        @Override
        public long dropped() {
            return words.mapped(() -> {
                lock.lock();
                try {
                    return dropped + (lag == Lag.DROP_OLDEST ? lostUntil(words.reach()) : 0);
                } finally {
                    lock.unlock();
                }
            });
        }

        private boolean end() {
            lock.lock();
            try {
                boolean first = !ended;
                ended = true;
                return first;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            if (end()) {
                point.wakeAll();
                words.forget(point);
                if (place != TopicWords.NONE && !words.isClosed()) {
                    words.mapped(() -> {
                        words.leavePlace(place);
                        return this;
                    });
                }
            }
        }
    }
}
