package dev.sluice.internal.space;

import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.space.SpaceException;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Function;

/// Where messages come out: one end of a pipe, or a subscription. All ways to receive follow from two, so that
/// each distance has only these.
///
/// A class, as the methods of an interface would stand beside those of what users see, and not for them.
///
/// Threads: any.
public abstract class Receiving<T> {
    public abstract Received<T> receiveOrEnd();

    public abstract <R> Clause<R> onReceived(Function<? super Received<T>, ? extends R> then);

    /// What is thrown to those who receive when no more messages come.
    protected abstract SpaceException ended();

    public T receive() {
        return switch (receiveOrEnd()) {
            case Received.Value<T>(T message) -> message;
            case Received.Failed<T>(Throwable cause) -> throw Incoming.failure(cause);
            case Received.Done<T>(), Received.Empty<T>() -> throw ended();
        };
    }

    public final Clause<Void> onReceive(Consumer<? super T> then) {
        return onReceived(Actions.withValue(then, this::ended));
    }

    public final Iterator<T> iterator() {
        return new Incoming<>(this::receiveOrEnd);
    }
}
