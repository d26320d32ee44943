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
/// @param warmUp of each side that has a CPU to itself, before the first pair
/// @param measurement how long each side takes for one measurement
public record Plan(boolean quick, int forks, int pairs, int longPairs, Duration warmUp, Duration measurement) {
    /// The time that a quick run has, and what a work takes of it when nobody else uses the machine.
    public static final Duration QUICK = Duration.ofSeconds(44);

    private static final Duration QUICK_WORK = Duration.ofMillis(2500);
    private static final int LEAST_PAIRS = 5;

    static Plan of(boolean quick) {
        return quick
                ? new Plan(true, 1, 15, 5, Duration.ofMillis(600), Duration.ofMillis(25))
                : new Plan(false, 3, 25, 5, Duration.ofSeconds(3), Duration.ofMillis(40));
    }

    /// Sides warm up at the same time: when they are more than the CPUs, they need longer.
    Duration warmUp(int sides) {
        int cpus = Runtime.getRuntime().availableProcessors();
        return warmUp.multipliedBy(Math.max(sides, cpus)).dividedBy(cpus);
    }

    /// A quick run that is late, because others use the machine, goes on with less, but with five pairs at
    /// least.
    ///
    /// @param left the time that is left
    /// @param works how many there are to measure in it
    Plan within(Duration left, int works) {
        double scale = left.toMillis() / (double) (works * QUICK_WORK.toMillis());
        if (!quick || scale >= 1) {
            return this;
        }
        int fewer = (int) Math.max(LEAST_PAIRS, pairs * scale);
        Duration shorter = Duration.ofMillis((long) Math.max(100, warmUp.toMillis() * scale));
        return new Plan(true, forks, fewer, LEAST_PAIRS, shorter, measurement);
    }
}
