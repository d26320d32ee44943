package dev.sluice.bench.net;

import java.time.Duration;

/// How long a server is measured.
///
/// @param warmMillis of a round of the warm-up
/// @param warmRounds of these at most, for each of two loads, before the first work
/// @param settleRounds likewise, before each work
/// @param pairs how often the servers are measured in turns
/// @param runMillis of each measurement
record Pace(int warmMillis, int warmRounds, int settleRounds, int pairs, int runMillis) {
    private static final Pace FULL = new Pace(500, 10, 4, 15, 300);
    private static final Pace QUICK = new Pace(150, 3, 2, 7, 80);
    private static final int LEAST_PAIRS = 3;

    /// What a server takes of a quick run when nobody else uses the machine.
    private static final Duration QUICK_SERVER = Duration.ofMillis(2300);

    static Pace full() {
        return FULL;
    }

    /// A quick run that is late, because others use the machine, goes on with less.
    ///
    /// @param left the time that is left
    /// @param servers how many there are to measure in it
    static Pace quick(Duration left, int servers) {
        double scale = left.toMillis() / (double) (servers * QUICK_SERVER.toMillis());
        if (scale >= 1) {
            return QUICK;
        }
        int rounds = (int) Math.max(1, QUICK.warmRounds * scale);
        int fewer = (int) Math.max(LEAST_PAIRS, QUICK.pairs * scale);
        return new Pace(QUICK.warmMillis, rounds, 1, fewer, QUICK.runMillis);
    }
}
