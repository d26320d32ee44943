package dev.sluice.cli.map;

import java.util.Locale;
import java.util.OptionalLong;

/// The progress line as text: done, failed, running, rate, time left.
///
/// The rate is that of the last seconds, the time left follows the rate since the start, which jumps less.
///
/// Threads: one at a time.
final class ProgressText {
    private static final int SAMPLES = 16;
    private static final double NANOS = 1e9;
    private static final int MINUTE = 60;

    private final long begin;
    private final long[] times = new long[SAMPLES];
    private final long[] overs = new long[SAMPLES];
    private int samples;

    /// @param now a reading of the clock that later ones are of
    ProgressText(long now) {
        begin = now;
        sample(now, 0);
    }

    /// The line at a moment.
    ///
    /// @param total how many items there are in all, if that is known or can be guessed
    String at(long now, Tally.Counts counts, OptionalLong total) {
        long ran = counts.over() - counts.skipped();
        StringBuilder line = new StringBuilder();
        if (total.isPresent() && total.getAsLong() > 0) {
            long all = Math.max(total.getAsLong(), counts.over());
            line.append(100 * counts.over() / all)
                    .append("% ")
                    .append(counts.over())
                    .append('/')
                    .append(all);
            line.append(" done");
        } else {
            line.append(counts.over()).append(" done");
        }
        if (counts.failed() > 0) {
            line.append(", ").append(counts.failed()).append(" failed");
        }
        line.append(", ").append(counts.running()).append(" running, ").append(rate(now, ran));
        long left = total.orElse(0) - counts.over();
        if (left > 0 && ran > 0) {
            line.append(", ").append(span((now - begin) / NANOS / ran * left)).append(" left");
        }
        return line.toString();
    }

    private String rate(long now, long ran) {
        int oldest = samples < SAMPLES ? 0 : samples % SAMPLES;
        double seconds = (now - times[oldest]) / NANOS;
        double perSecond = seconds <= 0 ? 0 : (ran - overs[oldest]) / seconds;
        sample(now, ran);
        if (perSecond >= 10 || perSecond == 0) {
            return Math.round(perSecond) + "/s";
        }
        return perSecond >= 1
                ? String.format(Locale.ROOT, "%.1f/s", perSecond)
                : String.format(Locale.ROOT, "%.1f/min", perSecond * MINUTE);
    }

    private void sample(long now, long ran) {
        times[samples % SAMPLES] = now;
        overs[samples % SAMPLES] = ran;
        samples++;
    }

    /// `0:05`, `12:34`, `3:04:05`.
    static String span(double seconds) {
        long whole = (long) Math.ceil(seconds);
        long hours = whole / MINUTE / MINUTE;
        long minutes = whole / MINUTE % MINUTE;
        return hours > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, whole % MINUTE)
                : String.format(Locale.ROOT, "%d:%02d", minutes, whole % MINUTE);
    }
}
