package dev.sluice.bench;

import java.time.Duration;

/// How much is measured.
///
/// @param quick whether the whole suite has to end within 50 seconds
/// @param forks how many times the JVMs of a work are started anew
/// @param pairs how often the sides are measured in turns, in each fork
/// @param warmUp of each side, before the first pair
/// @param measurement how long the slowest side takes for one measurement
public record Plan(boolean quick, int forks, int pairs, Duration warmUp, Duration measurement) {
    static Plan of(boolean quick) {
        return quick
                ? new Plan(true, 1, 5, Duration.ofMillis(400), Duration.ofMillis(60))
                : new Plan(false, 3, 5, Duration.ofSeconds(2), Duration.ofMillis(500));
    }
}
