package dev.sluice.testing;

import java.time.Duration;

/// How far a simulation may go before it counts as endless.
///
/// @param steps how often coroutines are resumed, in all
/// @param time how much virtual time passes
/// @param holding how long, in real time, one step may take
public record Limits(long steps, Duration time, Duration holding) {
    private static final Limits DEFAULTS = new Limits(1_000_000, Duration.ofDays(36_500), Duration.ofSeconds(60));

    public Limits {
        require(steps >= 1, "steps", steps);
        require(time.isPositive() && time.compareTo(Duration.ofDays(100_000)) <= 0, "time", time);
        require(holding.isPositive() && holding.compareTo(Duration.ofDays(100_000)) <= 0, "holding", holding);
    }

    private static void require(boolean holds, String what, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("limits of simulation: " + what + "=" + value
                    + ", expected more than nothing, and at most 100000 days");
        }
    }

    /// A million steps, 100 years of virtual time, a real minute for a step.
    public static Limits defaults() {
        return DEFAULTS;
    }

    public Limits withSteps(long steps) {
        return new Limits(steps, time, holding);
    }

    public Limits withTime(Duration time) {
        return new Limits(steps, time, holding);
    }

    public Limits withHolding(Duration holding) {
        return new Limits(steps, time, holding);
    }
}
