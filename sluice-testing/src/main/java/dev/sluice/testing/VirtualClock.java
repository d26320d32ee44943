package dev.sluice.testing;

import dev.sluice.time.Clock;
import java.time.Instant;

/// A clock that stands still until it is moved.
///
/// Threads: moved by the loop thread; read by coroutines on it, and by others when the simulation is over.
final class VirtualClock implements Clock {
    /// What the wall clock shows at the start of every simulation.
    static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private long nanos;

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return EPOCH.plusNanos(nanos);
    }

    void advance(long by) {
        assert by > 0 : "advance clock: by=" + by;
        nanos = Math.addExact(nanos, by);
    }
}
