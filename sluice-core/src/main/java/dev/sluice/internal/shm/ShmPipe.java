package dev.sluice.internal.shm;

import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.internal.access.Clauses;
import dev.sluice.internal.space.Actions;
import dev.sluice.internal.space.Receiving;
import dev.sluice.space.Pipe;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.util.function.Function;
import java.util.function.Supplier;

/// One end of a pipe between processes, as users see it.
///
/// Threads: any.
final class ShmPipe<T> extends Receiving<T> implements Pipe<T> {
    private final ShmSpace space;
    private final String name;
    private final SharedPipe pipe;
    private final Codec<T> codec;

    ShmPipe(ShmSpace space, String name, SharedPipe pipe, Codec<T> codec) {
        this.space = space;
        this.name = name;
        this.pipe = pipe;
        this.codec = codec;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void send(T message) {
        byte[] bytes = encoded(message);
        use("send", () -> {
            pipe.out().send(bytes);
            return this;
        });
    }

    @Override
    public boolean trySend(T message) {
        byte[] bytes = encoded(message);
        return use("send", () -> {
            pipe.requireSendable();
            return pipe.out().trySend(bytes);
        });
    }

    private byte[] encoded(T message) {
        pipe.requireOpen("send");
        byte[] bytes = codec.encode(message);
        int most = new Options(pipe.bytes()).largestMessage();
        if (bytes.length > most) {
            throw new SpaceException(
                    Problem.TOO_LARGE, "send " + pipe + ": bytes=" + bytes.length + ", expected at most " + most);
        }
        return bytes;
    }

    /// Runs what may find the pipe closed, and its file unmapped, in the middle.
    private <R> R use(String doing, Supplier<R> body) {
        try {
            return body.get();
        } catch (IndexOutOfBoundsException damaged) {
            throw new SpaceException(Problem.REFUSED, doing + " " + pipe + ": " + damaged.getMessage(), damaged);
        } catch (IllegalStateException e) {
            throw pipe.isClosed() ? pipe.closedException(doing) : e;
        }
    }

    @Override
    protected SpaceException ended() {
        return new SpaceException(Problem.FINISHED, "receive " + pipe + ": the other end sends no more");
    }

    @Override
    public <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then) {
        pipe.requireOpen("receive");
        return Clauses.taking(pipe, pipe.in().notEmpty().taking(() -> Actions.unlessEmpty(tryReceive())), then);
    }

    @Override
    public Received<T> receiveOrEnd() {
        pipe.requireOpen("receive");
        byte[] message = use("receive", pipe.in()::receive);
        return message == null ? end() : new Received.Value<>(codec.decode(message));
    }

    @Override
    public Received<T> tryReceive() {
        pipe.requireOpen("receive");
        boolean ended = use("receive", () -> pipe.isSenderEnded(pipe.in()));
        byte[] message = use("receive", pipe.in()::tryReceive);
        if (message != null) {
            return new Received.Value<>(codec.decode(message));
        }
        return ended ? end() : new Received.Empty<>();
    }

    private Received<T> end() {
        pipe.requireOpen("receive");
        return use("receive", pipe::isPeerDead)
                ? new Received.Failed<>(new SpaceException(
                        Problem.PEER_GONE, "receive " + pipe + ": the other end has died, or was aborted"))
                : new Received.Done<>();
    }

    @Override
    public boolean finish() {
        pipe.requireOpen("finish");
        return use("finish", pipe.out()::finish);
    }

    @Override
    public boolean connected() {
        return use("look at", pipe::isConnected);
    }

    @Override
    public void awaitPeer() {
        use("await the other end of", () -> {
            pipe.awaitPeer();
            return this;
        });
    }

    @Override
    public void close() {
        pipe.close();
        space.forget(pipe);
    }

    @Override
    public void abort() {
        pipe.abort();
        space.forget(pipe);
    }

    @Override
    public String toString() {
        return pipe.toString();
    }
}
