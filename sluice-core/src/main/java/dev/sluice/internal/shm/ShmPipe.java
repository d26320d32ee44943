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
import org.jspecify.annotations.Nullable;

/// One end of a pipe between processes, as users see it.
///
/// Threads: any.
final class ShmPipe<T> extends Receiving<T> implements Pipe<T> {
    private final ShmSpace space;
    private final String name;
    private final SharedPipe pipe;
    private final Codec<T> codec;
    private final int largest;
    private final Scratch.Spare sent = new Scratch.Spare();
    private final Scratch.Spare received = new Scratch.Spare();

    ShmPipe(ShmSpace space, String name, SharedPipe pipe, Codec<T> codec) {
        this.space = space;
        this.name = name;
        this.pipe = pipe;
        this.codec = codec;
        this.largest = new Options(pipe.bytes()).largestMessage();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void send(T message) {
        Scratch scratch = sent.take();
        int length = encode(message, scratch);
        try {
            pipe.out().send(scratch.bytes(), length);
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            throw failure("send", e);
        } finally {
            sent.give(scratch);
        }
    }

    @Override
    public boolean trySend(T message) {
        Scratch scratch = sent.take();
        int length = encode(message, scratch);
        try {
            pipe.requireSendable();
            return pipe.out().trySend(scratch.bytes(), length);
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            throw failure("send", e);
        } finally {
            sent.give(scratch);
        }
    }

    private int encode(T message, Scratch scratch) {
        pipe.requireOpen("send");
        int length = scratch.encode(codec, message);
        if (length > largest) {
            throw new SpaceException(
                    Problem.TOO_LARGE, "send " + pipe + ": bytes=" + length + ", expected at most " + largest);
        }
        return length;
    }

    /// Runs what may find the pipe closed, and its file unmapped, in the middle.
    private <R> R use(String doing, Supplier<R> body) {
        try {
            return body.get();
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            throw failure(doing, e);
        }
    }

    /// What users see of a failure to access the file: it is damaged, or was unmapped in the middle.
    private RuntimeException failure(String doing, RuntimeException e) {
        if (e instanceof IndexOutOfBoundsException) {
            return new SpaceException(Problem.REFUSED, doing + " " + pipe + ": " + e.getMessage(), e);
        }
        return pipe.isClosed() ? pipe.closedException(doing) : e;
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
    public T receive() {
        T message = next();
        return message != null ? message : super.receive(); // which says why there is none
    }

    @Override
    public Received<T> receiveOrEnd() {
        T message = next();
        return message != null ? new Received.Value<>(message) : end();
    }

    /// Waits for a message.
    ///
    /// @return null when none will come
    private @Nullable T next() {
        pipe.requireOpen("receive");
        Scratch scratch = received.take();
        try {
            if (!pipe.in().receive(scratch)) {
                return null;
            }
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            throw failure("receive", e);
        }
        T message = scratch.decode(codec);
        received.give(scratch);
        return message;
    }

    @Override
    public Received<T> tryReceive() {
        pipe.requireOpen("receive");
        Scratch scratch = received.take();
        boolean ended;
        boolean found;
        try {
            ended = pipe.isSenderEnded(pipe.in());
            found = pipe.in().tryReceive(scratch);
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            throw failure("receive", e);
        }
        T message = found ? scratch.decode(codec) : null;
        received.give(scratch);
        if (message != null) {
            return new Received.Value<>(message);
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
