package dev.sluice.testing;

import dev.sluice.time.Clock;
import java.time.Instant;

/// A clock that stands still until it is moved.
///
/// Threads: moved by the loop thread; read by coroutines on it, and by others when the simulation is over.
final class VirtualClock implements Clock {
    /// What the wall clock shows at the start of every simulation.
    static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    static final long EPOCH_SECONDS = EPOCH.getEpochSecond();

    private long nanos;

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return EPOCH.plusNanos(nanos);
    }

    /// [#now] in milliseconds after 1970.
    long millis() {
        return EPOCH_SECONDS * 1000 + nanos / 1_000_000;
    }

    void advance(long by) {
        assert by > 0 : "advance clock: by=" + by;
        nanos = Math.addExact(nanos, by);
    }
}
