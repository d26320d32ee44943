package dev.sluice.cli.map;

import java.math.BigDecimal;
import java.time.Duration;

/// Durations as people type them: `500ms`, `2s`, `1.5m`, `1h`, `1d`; a number alone is seconds, as for
/// timeout(1).
public final class DurationText {
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final int MOST_DIGITS = 12;

    private DurationText() {}

    /// @throws UsageException if it is none; the message begins with what was typed
    public static Duration parse(String text) throws UsageException {
        int end = 0;
        while (end < text.length() && (isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        String number = text.substring(0, end);
        long unit = unitNanos(text.substring(end));
        if (unit == 0 || !isDecimal(number)) {
            throw new UsageException("'" + text + "', expected a duration like 500ms, 2s, 1.5m or 1h");
        }
        BigDecimal nanos = new BigDecimal(number).multiply(BigDecimal.valueOf(unit));
        if (nanos.compareTo(BigDecimal.ONE) < 0 || nanos.compareTo(BigDecimal.valueOf(LONGEST.toNanos())) > 0) {
            throw new UsageException("'" + text + "', expected more than 0 and at most 365d");
        }
        return Duration.ofNanos(nanos.longValue());
    }

    /// `digits` or `digits.digits`, of a length that is no mistake.
    private static boolean isDecimal(String number) {
        int point = number.indexOf('.');
        return !number.isEmpty()
                && number.length() <= 2 * MOST_DIGITS
                && isDigit(number.charAt(0))
                && isDigit(number.charAt(number.length() - 1))
                && point == number.lastIndexOf('.');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /// 0 for what is no unit.
    private static long unitNanos(String unit) {
        return switch (unit) {
            case "ms" -> 1_000_000L;
            case "s", "" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "d" -> 86_400_000_000_000L;
            default -> 0;
        };
    }
}
