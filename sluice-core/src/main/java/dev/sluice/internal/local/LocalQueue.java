package dev.sluice.internal.local;

import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.internal.access.Clauses;
import dev.sluice.internal.space.Actions;
import dev.sluice.internal.space.Incoming;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A queue, as one opening sees it.
///
/// Threads: any.
final class LocalQueue<T> implements Queue<T> {
    private final LocalSpace opening;
    private final QueueState state;
    private final Codec<T> codec;

    LocalQueue(LocalSpace opening, QueueState state, Codec<T> codec) {
        this.opening = opening;
        this.state = state;
        this.codec = codec;
    }

    @Override
    public String name() {
        return state.name;
    }

    @Override
    public Options options() {
        return state.options();
    }

    @Override
    public void put(T item, int level) {
        byte[] bytes = encoded(item, level);
        if (!state.putters.await(opening, state::hasRoom, () -> state.put(bytes, level))) {
            throw finished("put");
        }
    }

    @Override
    public boolean tryPut(T item, int level) {
        byte[] bytes = encoded(item, level);
        Boolean put = state.putters.tryNow(opening, state::hasRoom, () -> state.put(bytes, level));
        if (put != null && !put) {
            throw finished("put");
        }
        return put != null;
    }

    private byte[] encoded(T item, int level) {
        if (level < 0 || level >= options().levels()) {
            throw new IllegalArgumentException("put " + state.subject() + ": level=" + level + ", expected 0.."
                    + (options().levels() - 1));
        }
        return Encoded.encode("put", state, codec, item, options().itemBytes());
    }

    private SpaceException finished(String doing) {
        return new SpaceException(Problem.FINISHED, doing + " " + state.subject() + ": it is finished");
    }

    @Override
    public Lease<T> take() {
        return switch (takeOrEnd()) {
            case Received.Value<Lease<T>>(Lease<T> lease) -> lease;
            default -> throw finished("take");
        };
    }

    @Override
    public Received<Lease<T>> takeOrEnd() {
        return leased(state.takers.await(opening, state::hasItem, state::take));
    }

    @Override
    public Received<Lease<T>> tryTake() {
        QueueState.Entry entry = state.takers.tryNow(opening, state::hasItem, state::take);
        return entry == null ? new Received.Empty<>() : leased(entry);
    }

    @Override
    public Clause<Void> onTake(Consumer<? super Lease<T>> then) {
        return onTaken(Actions.withValue(then, () -> finished("take")));
    }

    @Override
    public <R> Clause<R> onTaken(Function<? super Received<Lease<T>>, ? extends R> then) {
        return Clauses.taking(
                state.takers,
                new Taking<>(state.takers, opening, state::hasItem, state::take),
                entry -> then.apply(leased(entry)));
    }

    private Received<Lease<T>> leased(QueueState.Entry entry) {
        if (entry == QueueState.END) {
            return new Received.Done<>();
        }
        Hold hold = new Hold(opening, state, entry);
        hold.begin("take", state);
        try {
            return new Received.Value<>(new LocalLease<>(hold, codec.decode(entry.bytes)));
        } catch (CodecException undecodable) {
            hold.lose(); // for a taker that knows better, or the dead letters
            throw undecodable;
        }
    }

    @Override
    public void join() {
        state.joiners.await(opening, state::allDone, () -> this);
    }

    @Override
    public boolean finish() {
        opening.requireOpen("finish", state);
        return state.finish();
    }

    @Override
    public Queue<T> deadLetters() {
        return new LocalQueue<>(opening, opening.deadLetters(state), codec);
    }

    @Override
    public Statistics statistics() {
        return state.statistics(opening);
    }

    @Override
    public Iterator<Lease<T>> iterator() {
        return new Incoming<>(this::takeOrEnd);
    }

    @Override
    public String toString() {
        return state.subject();
    }

    /// An item that a task has.
    private static final class Hold extends Claim {
        private final LocalSpace opening;
        private final QueueState state;
        private final QueueState.Entry entry;

        Hold(LocalSpace opening, QueueState state, QueueState.Entry entry) {
            super(opening);
            this.opening = opening;
            this.state = state;
            this.entry = entry;
        }

        @Override
        void lost() {
            giveBack(0);
        }

        void giveBack(long delay) {
            state.giveBack(entry, delay, graveyard());
        }

        /// Null if the item is to be delivered again.
        private @Nullable QueueState graveyard() {
            if (!state.hopeless(entry)) {
                return null;
            }
            try {
                return opening.graveyard(state);
            } catch (SpaceException taken) {
                return null; // the name is another object's: as if it were full
            }
        }
    }

    private record LocalLease<T>(Hold hold, T item) implements Lease<T> {
        @Override
        public int delivery() {
            return hold.entry.deliveries;
        }

        @Override
        public boolean done() {
            boolean own = ends("done");
            if (own) {
                hold.state.done();
            }
            return own;
        }

        @Override
        public void giveBack() {
            giveBack(Duration.ZERO);
        }

        @Override
        public void giveBack(Duration delay) {
            if (delay.compareTo(Duration.ofDays(365)) > 0) {
                throw new IllegalArgumentException(
                        "give back to " + hold.state.subject() + ": delay=" + delay + ", expected at most 365 days");
            }
            if (ends("give back")) {
                hold.giveBack(TimeUnit.NANOSECONDS.convert(delay));
            }
        }

        private boolean ends(String doing) {
            if (hold.end()) {
                return true;
            }
            requireNotEnded(doing);
            return false;
        }

        private void requireNotEnded(String doing) {
            if (hold.state() == Claim.State.ENDED) {
                throw new IllegalStateException(
                        doing + " lease of " + hold.state.subject() + ": it has been ended, expected once");
            }
        }

        @Override
        public boolean extend() {
            requireNotEnded("extend");
            return hold.state() == Claim.State.HELD;
        }

        @Override
        public void close() {
            if (hold.end()) {
                hold.giveBack(0);
            }
        }

        @Override
        public String toString() {
            return "lease of " + hold.state.subject() + ", delivery " + delivery();
        }
    }
}
