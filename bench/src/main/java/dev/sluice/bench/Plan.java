package dev.sluice.bench;

import java.time.Duration;

/// How much is measured.
///
/// Many short measurements in turns, not few long ones: on a machine that others use too, most of the short
/// ones are not interrupted, and the median is one of those.
///
/// @param quick whether the whole suite has to end within 50 seconds
/// @param forks how many times the JVMs of a work are started anew
/// @param pairs how often the sides are measured in turns, in each fork
/// @param longPairs the same for works whose operations are given, so that one measurement takes long
/// @param warmUp of each side, before the first pair
/// @param measurement how long the slowest side takes for one measurement
public record Plan(boolean quick, int forks, int pairs, int longPairs, Duration warmUp, Duration measurement) {
    static Plan of(boolean quick) {
        return quick
                ? new Plan(true, 1, 15, 5, Duration.ofMillis(600), Duration.ofMillis(25))
                : new Plan(false, 3, 25, 5, Duration.ofSeconds(3), Duration.ofMillis(40));
    }
}
