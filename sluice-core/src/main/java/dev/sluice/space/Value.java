package dev.sluice.space;

import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// One value that all members of a space read and change: whole, the old one or the new one, never a mixture.
///
/// ```java
/// Value<Limits> limits = space.value("limits", Limits.class, new Limits(10, 20));
/// Limits now = limits.get();
/// limits.update(old -> old.doubled());
/// ```
///
/// Reading never waits for a writer, not even for a dead one.
///
/// Threads: any, of any member of the space.
public interface Value<T> {
    /// The name in its space.
    String name();

    /// What it is now.
    default T get() {
        return read().value();
    }

    /// What it is now, and since which change.
    Versioned<T> read();

    /// Makes it another one.
    ///
    /// @return its version
    /// @throws SpaceException `TOO_LARGE`
    /// @throws dev.sluice.codec.CodecException if the value has no encoding
    long set(T value);

    /// Makes it another one, if nobody else has since the caller read it.
    ///
    /// @return its version; empty if it has changed, and this call has not
    OptionalLong compareAndSet(long version, T value);

    /// Changes it in one step, again and again until nobody came in between.
    ///
    /// @param change from the old value to the new one; may be called several times
    /// @return the new value
    default T update(UnaryOperator<T> change) {
        while (true) {
            Versioned<T> old = read();
            T value = change.apply(old.value());
            if (compareAndSet(old.version(), value).isPresent()) {
                return value;
            }
        }
    }

    /// Waits until it has another version than this one.
    ///
    /// @return what it is then; changes in between may be missed, never the last
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    Versioned<T> awaitChange(long version);

    /// Waits until it is as wanted. What is so for a moment only may be missed.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    default T await(Predicate<? super T> wanted) {
        Versioned<T> now = read();
        while (!wanted.test(now.value())) {
            now = awaitChange(now.version());
        }
        return now.value();
    }

    /// A value and its version: a number from 1 on that each change makes greater.
    record Versioned<T>(T value, long version) {}

    /// What a value is made with.
    ///
    /// @param bytes how large it may be, encoded: 1 to what the distance allows
    record Options(int bytes) {
        public Options {
            if (bytes < 1 || bytes > 1 << 30) {
                throw new IllegalArgumentException("value options: bytes=" + bytes + ", expected 1.." + (1 << 30));
            }
        }

        /// 1 KiB.
        public static Options defaults() {
            return new Options(1 << 10);
        }
    }
}
