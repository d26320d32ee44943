package dev.sluice.bench.ipc;

import java.util.concurrent.locks.LockSupport;

/// How those wait that have memory to look at and no way to be woken: they look without a pause for some
/// milliseconds, longer than an answer takes in a measurement; then now and then, so that the other sides have
/// the processors while it is their turn.
final class Spin {
    private static final int LOOKS = 100_000;
    private static final long PAUSE_NANOS = 100_000;

    private int looks;

    /// There was something.
    void found() {
        looks = 0;
    }

    /// There was nothing: look again.
    void pause() {
        if (looks < LOOKS) {
            looks++;
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
