package dev.sluice.cancel;

import java.time.Duration;
import java.util.Locale;

/// Durations as people write them: `2 s`, `150 ms`, `1.5 s`, `1 h 3 min`.
public final class Durations {
    private Durations() {}

    /// Prints a duration with the largest fitting unit.
    public static String print(Duration duration) {
        if (duration.isNegative()) {
            // The most negative one has no positive counterpart; by a second less nobody sees a difference.
            Duration printable = duration.toSeconds() == Long.MIN_VALUE ? duration.plusSeconds(1) : duration;
            return "-" + print(printable.negated());
        }
        long seconds = duration.toSeconds();
        if (seconds >= 3600) {
            return withRest(seconds / 3600, "h", seconds % 3600 / 60, "min");
        }
        if (seconds >= 60) {
            return withRest(seconds / 60, "min", seconds % 60, "s");
        }
        if (seconds > 0) {
            return decimal(duration.toMillis(), 1000, "s");
        }
        long nanos = duration.toNanos();
        if (nanos >= 1_000_000) {
            return decimal(nanos / 1000, 1000, "ms");
        }
        return nanos >= 1000 ? decimal(nanos, 1000, "µs") : nanos + " ns";
    }

    private static String withRest(long whole, String unit, long rest, String restUnit) {
        return rest == 0 ? whole + " " + unit : whole + " " + unit + " " + rest + " " + restUnit;
    }

    private static String decimal(long thousandths, int scale, String unit) {
        long whole = thousandths / scale;
        long rest = thousandths % scale;
        if (rest == 0) {
            return whole + " " + unit;
        }
        String digits = String.format(Locale.ROOT, "%03d", rest).replaceAll("0+$", "");
        return whole + "." + digits + " " + unit;
    }
}
