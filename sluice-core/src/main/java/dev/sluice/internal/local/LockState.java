package dev.sluice.internal.local;

import dev.sluice.space.Space.Kind;

/// Who has a lock: one owner, or, on the side that is shared, several.
///
/// Threads: any; what has no lock of its own is called under the lock.
final class LockState extends Monitor {
    final Line owners = newLine("acquire");

    // Guarded by the lock.
    private boolean writing;
    private int readers;
    private boolean damaged; // an owner of the exclusive side ended without releasing it
    private long fences;

    LockState(Realm realm, Kind kind, String name) {
        super(realm, kind, name);
    }

    /// What an owner is told.
    record Grant(boolean recovered, long fence) {}

    boolean mayEnter(boolean exclusive) {
        return !writing && (!exclusive || readers == 0);
    }

    Grant enter(boolean exclusive) {
        assert mayEnter(exclusive);
        if (exclusive) {
            writing = true;
        } else {
            readers++;
        }
        return new Grant(damaged, ++fences);
    }

    /// Locks.
    void leave(boolean exclusive) {
        change(() -> out(exclusive));
    }

    private boolean out(boolean exclusive) {
        if (exclusive) {
            assert writing;
            writing = false;
        } else {
            assert readers > 0;
            readers--;
        }
        return exclusive;
    }

    /// An owner has ended without releasing the lock. Locks.
    void abandon(boolean exclusive) {
        change(() -> {
            damaged |= exclusive;
            return out(exclusive);
        });
    }

    /// Locks.
    void repaired() {
        look(() -> {
            damaged = false;
            return this;
        });
    }
}
