package dev.sluice.internal.local;

import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.internal.access.Clauses;
import dev.sluice.internal.space.Receiving;
import dev.sluice.space.Pipe;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// One end of a pipe.
///
/// Threads: any.
final class LocalPipe<T> extends Receiving<T> implements Pipe<T> {
    private final LocalSpace opening;
    private final PipeState state;
    private final Codec<T> codec;
    private final int end;
    private final PipeState.Direction in;
    private final PipeState.Direction out;
    private final AtomicBoolean closed = new AtomicBoolean();

    /// @throws SpaceException `BUSY` if both ends are held
    LocalPipe(LocalSpace opening, PipeState state, Codec<T> codec) {
        this.opening = opening;
        this.state = state;
        this.codec = codec;
        this.end = state.hold();
        if (end < 0) {
            throw new SpaceException(
                    Problem.BUSY, "open " + state.subject() + ": held=2, expected an end that nobody has taken");
        }
        this.in = end == 0 ? state.toFirst : state.toSecond;
        this.out = end == 0 ? state.toSecond : state.toFirst;
    }

    @Override
    public String name() {
        return state.name;
    }

    Pipe.Options options() {
        return state.options();
    }

    /// 0 for who was first, 1 for the other.
    int end() {
        return end;
    }

    @Override
    public void send(T message) {
        byte[] bytes = encoded(message);
        if (!out.senders.await(opening, () -> out.hasRoom(bytes.length), () -> out.send(bytes))) {
            throw refused();
        }
    }

    @Override
    public boolean trySend(T message) {
        byte[] bytes = encoded(message);
        Boolean sent = out.senders.tryNow(opening, () -> out.hasRoom(bytes.length), () -> out.send(bytes));
        if (sent != null && !sent) {
            throw refused();
        }
        return sent != null;
    }

    private byte[] encoded(T message) {
        requireOpen("send");
        return Encoded.encode("send", state, codec, message, state.options().largestMessage());
    }

    private SpaceException refused() {
        requireOpen("send");
        boolean own = state.look(() -> out.finished() && !out.unwanted());
        return own
                ? new SpaceException(Problem.FINISHED, "send " + state.subject() + ": this end has finished")
                : new SpaceException(Problem.PEER_GONE, "send " + state.subject() + ": the other end has gone");
    }

    private void requireOpen(String doing) {
        if (closed.get()) {
            throw new SpaceException(Problem.CLOSED, doing + " " + state.subject() + ": this end was closed");
        }
    }

    @Override
    protected SpaceException ended() {
        return new SpaceException(Problem.FINISHED, "receive " + state.subject() + ": the other end sends no more");
    }

    @Override
    public <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then) {
        requireOpen("receive");
        return Clauses.taking(
                in.receivers,
                new Taking<>(in.receivers, opening, in::hasMessage, in::receive),
                message -> then.apply(decoded(message)));
    }

    @Override
    public Received<T> receiveOrEnd() {
        requireOpen("receive");
        return decoded(in.receivers.await(opening, in::hasMessage, in::receive));
    }

    @Override
    public Received<T> tryReceive() {
        requireOpen("receive");
        byte[] message = in.receivers.tryNow(opening, in::hasMessage, in::receive);
        return message == null ? new Received.Empty<>() : decoded(message);
    }

    private Received<T> decoded(byte[] message) {
        if (message == PipeState.END) {
            requireOpen("receive");
            return new Received.Done<>();
        }
        if (message == PipeState.FAILURE) {
            requireOpen("receive");
            return new Received.Failed<>(new SpaceException(
                    Problem.PEER_GONE, "receive " + state.subject() + ": the other end was aborted"));
        }
        return new Received.Value<>(codec.decode(message));
    }

    @Override
    public boolean finish() {
        requireOpen("finish");
        return state.finish(out);
    }

    @Override
    public boolean connected() {
        return state.look(() -> state.isHeld(1 - end));
    }

    @Override
    public void awaitPeer() {
        requireOpen("await the other end of");
        state.peers.await(opening, () -> state.wasHeld(1 - end), () -> this);
    }

    @Override
    public void close() {
        // One winner; pairs with itself.
        if (closed.compareAndSet(false, true)) {
            state.leave(end);
            opening.forget(this);
        }
    }

    @Override
    public void abort() {
        // One winner; pairs with itself.
        if (closed.compareAndSet(false, true)) {
            state.fail(end);
            opening.forget(this);
        }
    }

    @Override
    public String toString() {
        return state.subject();
    }
}
