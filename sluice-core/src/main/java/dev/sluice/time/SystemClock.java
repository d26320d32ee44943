package dev.sluice.time;

import java.time.Instant;

/// The seam to the operating system's clocks; the only place in the core that reads them.
final class SystemClock implements Clock {
    static final SystemClock INSTANCE = new SystemClock();

    private SystemClock() {}

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
