package dev.sluice.internal.local;

import dev.sluice.space.Space.Kind;
import dev.sluice.space.Value.Versioned;

/// The bytes of a value.
///
/// Threads: any; all methods lock that do not say otherwise.
final class ValueState extends Monitor {
    private final int limit;

    private Versioned<byte[]> now; // guarded by the lock

    ValueState(Realm realm, String name, int limit, byte[] first) {
        super(realm, Kind.VALUE, name);
        this.limit = limit;
        this.now = new Versioned<>(first, 1);
    }

    int limit() {
        return limit;
    }

    Versioned<byte[]> read() {
        return look(() -> now);
    }

    /// @param expected a version, or 0 for any
    /// @return the version; 0 if it is another than expected
    long set(byte[] bytes, long expected) {
        return change(() -> {
            if (expected != 0 && expected != now.version()) {
                return 0L;
            }
            now = new Versioned<>(bytes, now.version() + 1);
            return now.version();
        });
    }

    /// Whether it has another version. Under the lock.
    boolean isNot(long version) {
        return now.version() != version;
    }

    /// As it is. Under the lock.
    Versioned<byte[]> current() {
        return now;
    }
}
