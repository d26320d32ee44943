package dev.sluice.bench;

import java.util.List;
import java.util.Locale;

/// The rows for people.
final class Table {
    private Table() {}

    static String head() {
        return String.format(
                "  %-26s %12s  %-34s %12s %8s %15s %7s%n",
                "unit", "Sluice", "peer", "its value", "ratio", "of the pairs", "goal");
    }

    /// The rows of one work.
    static String print(List<Row> rows) {
        var text = new StringBuilder(rows.getFirst().work()).append('\n');
        for (Row row : rows) {
            Double goal = row.goal();
            String wanted = goal == null ? "" : String.format(Locale.ROOT, "%7.2f  %s", goal, met(row));
            text.append(String.format(
                    Locale.ROOT,
                    "  %-26s %12s  %-34s %12s %8.2f %15s %s%n",
                    row.metric().unit(),
                    figure(row.sluice()),
                    row.peer(),
                    figure(row.peerValue()),
                    row.ratio(),
                    String.format(Locale.ROOT, "%.2f..%.2f", row.lowest(), row.highest()),
                    wanted));
        }
        return text.toString();
    }

    private static String met(Row row) {
        return Boolean.TRUE.equals(row.met()) ? "met" : "MISSED";
    }

    /// Three or more digits that mean something.
    static String figure(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
