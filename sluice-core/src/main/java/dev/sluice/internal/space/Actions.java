package dev.sluice.internal.space;

import dev.sluice.channel.Received;
import dev.sluice.space.SpaceException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What clauses of a select do with what they get.
public final class Actions {
    private Actions() {}

    /// Runs an action with a value, and throws at the end.
    ///
    /// @param end what is thrown when no more values come
    public static <T> Function<Received<T>, Void> withValue(
            Consumer<? super T> then, Supplier<? extends SpaceException> end) {
        return received -> {
            switch (received) {
                case Received.Value<T>(T value) -> then.accept(value);
                case Received.Failed<T>(Throwable cause) -> throw Incoming.failure(cause);
                case Received.Done<T>(), Received.Empty<T>() -> throw end.get();
            }
            return nothing();
        };
    }

    /// What there is, for a clause that waits while nothing is.
    public static <T> @Nullable Received<T> unlessEmpty(Received<T> received) {
        return received instanceof Received.Empty<T> ? null : received;
    }

    /// The only value of `Void`.
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <V> V nothing() {
        return null;
    }
}
