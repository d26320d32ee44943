package dev.sluice.internal.shm;

import dev.sluice.codec.Codec;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.Value;
import java.util.OptionalLong;

/// A value between processes.
///
/// Threads: any.
record ShmValue<T>(ValueWords words, Codec<T> codec) implements Value<T> {
    @Override
    public String name() {
        return words.name();
    }

    @Override
    public Versioned<T> read() {
        return words.read((bytes, version) -> new Versioned<>(codec.decode(bytes), version));
    }

    @Override
    public long set(T value) {
        return words.set(encoded(value), 0);
    }

    @Override
    public OptionalLong compareAndSet(long version, T value) {
        if (version < 1) {
            throw new IllegalArgumentException("set " + words + ": version=" + version + ", expected 1 or more");
        }
        long made = words.set(encoded(value), version);
        return made == 0 ? OptionalLong.empty() : OptionalLong.of(made);
    }

    private byte[] encoded(T value) {
        words.requireOpen();
        byte[] bytes = codec.encode(value);
        requireSize(words.toString(), bytes, words.limit());
        return bytes;
    }

    /// @throws SpaceException `TOO_LARGE`
    static void requireSize(String subject, byte[] bytes, int limit) {
        if (bytes.length > limit) {
            throw new SpaceException(
                    Problem.TOO_LARGE, "set " + subject + ": bytes=" + bytes.length + ", expected at most " + limit);
        }
    }

    @Override
    public Versioned<T> awaitChange(long version) {
        words.awaitOther(version);
        return read();
    }

    @Override
    public String toString() {
        return words.toString();
    }
}
