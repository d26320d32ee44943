package dev.sluice.internal.local;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.internal.access.Clauses;
import dev.sluice.internal.space.Receiving;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.Topic;
import java.util.Objects;
import java.util.function.Function;

/// A topic, as one opening sees it.
///
/// Threads: any.
record LocalTopic<T>(LocalSpace opening, TopicState state, Codec<T> codec) implements Topic<T> {
    @Override
    public String name() {
        return state.name;
    }

    @Override
    public Options options() {
        return state.options();
    }

    @Override
    public void publish(T message) {
        byte[] bytes = encoded(message);
        if (!state.publishers.await(opening, state::mayPublish, () -> state.publish(bytes))) {
            throw finished();
        }
    }

    @Override
    public boolean tryPublish(T message) {
        byte[] bytes = encoded(message);
        Boolean published = state.publishers.tryNow(opening, state::mayPublish, () -> state.publish(bytes));
        if (published != null && !published) {
            throw finished();
        }
        return published != null;
    }

    private byte[] encoded(T message) {
        return Encoded.encode("publish", state, codec, message, options().itemBytes());
    }

    private SpaceException finished() {
        return new SpaceException(Problem.FINISHED, "publish to " + state.subject() + ": it is finished");
    }

    @Override
    public Subscription<T> subscribe(Lag lag) {
        Objects.requireNonNull(lag, "lag"); // before publishers meet it
        opening.requireOpen("subscribe to", state);
        return new LocalSubscription<>(this, state.subscribe(opening, lag));
    }

    @Override
    public boolean finish() {
        opening.requireOpen("finish", state);
        return state.finish();
    }

    @Override
    public String toString() {
        return state.subject();
    }

    private static final class LocalSubscription<T> extends Receiving<T> implements Subscription<T> {
        private final LocalTopic<T> topic;
        private final TopicState.Backlog backlog;

        LocalSubscription(LocalTopic<T> topic, TopicState.Backlog backlog) {
            this.topic = topic;
            this.backlog = backlog;
        }

        @Override
        protected SpaceException ended() {
            return new SpaceException(Problem.FINISHED, "receive from " + topic + ": no more messages come");
        }

        @Override
        public <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then) {
            return Clauses.taking(
                    backlog.receivers,
                    new Taking<>(backlog.receivers, topic.opening, backlog::hasMessage, backlog::receive),
                    message -> then.apply(decoded(message)));
        }

        @Override
        public Received<T> receiveOrEnd() {
            return decoded(backlog.receivers.await(topic.opening, backlog::hasMessage, backlog::receive));
        }

        @Override
        public Received<T> tryReceive() {
            byte[] message = backlog.receivers.tryNow(topic.opening, backlog::hasMessage, backlog::receive);
            return message == null ? new Received.Empty<>() : decoded(message);
        }

        private Received<T> decoded(byte[] message) {
            if (message == TopicState.END) {
                return new Received.Done<>();
            }
            if (message == TopicState.LAGGED) {
                return new Received.Failed<>(new SpaceException(
                        Problem.LAGGED,
                        "receive from " + topic + ": behind by more than "
                                + topic.options().capacity()));
            }
            return new Received.Value<>(topic.codec.decode(message));
        }

        @Override
        public long dropped() {
            return topic.state.look(backlog::dropped);
        }

        @Override
        public void close() {
            topic.state.unsubscribe(backlog);
        }
    }
}
