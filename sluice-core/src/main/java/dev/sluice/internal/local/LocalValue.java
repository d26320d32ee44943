package dev.sluice.internal.local;

import dev.sluice.codec.Codec;
import dev.sluice.space.Value;
import java.util.OptionalLong;

/// A value, as one opening sees it.
///
/// Threads: any.
record LocalValue<T>(LocalSpace opening, ValueState state, Codec<T> codec) implements Value<T> {
    @Override
    public String name() {
        return state.name;
    }

    @Override
    public Versioned<T> read() {
        opening.requireOpen("read", state);
        return decoded(state.read());
    }

    private Versioned<T> decoded(Versioned<byte[]> raw) {
        return new Versioned<>(codec.decode(raw.value()), raw.version());
    }

    @Override
    public long set(T value) {
        opening.requireOpen("set", state);
        return state.set(encoded(value), 0);
    }

    @Override
    public OptionalLong compareAndSet(long version, T value) {
        opening.requireOpen("set", state);
        if (version < 1) {
            throw new IllegalArgumentException(
                    "set " + state.subject() + ": version=" + version + ", expected 1 or more");
        }
        long made = state.set(encoded(value), version);
        return made == 0 ? OptionalLong.empty() : OptionalLong.of(made);
    }

    private byte[] encoded(T value) {
        return Encoded.encode("set", state, codec, value, state.limit());
    }

    @Override
    public Versioned<T> awaitChange(long version) {
        Monitor.Line line = state.newLine("await a change of"); // its own: others may wait for other versions
        try {
            return decoded(line.await(opening, () -> state.isNot(version), state::current));
        } finally {
            state.remove(line);
        }
    }

    @Override
    public String toString() {
        return state.subject();
    }
}
