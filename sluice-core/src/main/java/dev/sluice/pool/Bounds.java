package dev.sluice.pool;

import dev.sluice.cancel.Durations;
import java.time.Duration;

/// What the configuration of a pool refuses.
///
/// @param pool whose, for messages
record Bounds(String pool) {
    static final int MOST_WORKERS = 10_000;
    static final int MOST_WAITING = 1_000_000;

    /// How many calls wait unless the configuration says otherwise.
    static final int WAITING = 256;

    void require(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(pool + ": " + what + "=" + value + ", expected " + least + ".." + most);
        }
    }

    Duration notNegative(String what, Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(
                    pool + ": " + what + "=" + Durations.print(duration) + ", expected zero or more");
        }
        return duration;
    }
}
