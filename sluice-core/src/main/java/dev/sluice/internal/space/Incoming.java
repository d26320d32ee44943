package dev.sluice.internal.space;

import dev.sluice.channel.Received;
import dev.sluice.space.SpaceException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What comes until the end; waits in `hasNext`.
///
/// Threads: one.
public final class Incoming<T> implements Iterator<T> {
    private final Supplier<Received<T>> source;
    private @Nullable T next;

    /// @param source never [Received.Empty]
    public Incoming(Supplier<Received<T>> source) {
        this.source = source;
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            switch (source.get()) {
                case Received.Value<T>(T value) -> next = value;
                case Received.Failed<T>(Throwable cause) -> throw failure(cause);
                case Received.Done<T>(), Received.Empty<T>() -> {}
            }
        }
        return next != null;
    }

    /// What a receive throws that has found a failure.
    public static SpaceException failure(Throwable cause) {
        return (SpaceException) cause;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("nothing more comes");
        }
        T result = next;
        next = null;
        assert result != null;
        return result;
    }
}
