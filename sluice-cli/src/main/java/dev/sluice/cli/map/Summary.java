package dev.sluice.cli.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What is said at the end, on stderr, when not everything was well.
final class Summary {
    private Summary() {}

    /// What failed and why: the first items by name, the rest by number.
    static List<String> failures(Tally tally, Halt halt) {
        Tally.Counts counts = tally.counts();
        List<String> lines = new ArrayList<>();
        if (counts.failed() == 0) {
            return lines;
        }
        long tried = counts.done() + counts.failed() + counts.halted();
        lines.add(counts.failed() + " of " + items(tried) + " failed" + retries(counts) + ":");
        for (Tally.Failure failure : tally.named()) {
            String attempts = failure.attempts() > 1 ? " (" + failure.attempts() + " attempts)" : "";
            lines.add("  " + failure.item().describe() + ": " + failure.ending().describe() + attempts);
        }
        Map<String, Long> unnamed = tally.unnamed();
        if (!unnamed.isEmpty()) {
            lines.add("  and "
                    + unnamed.values().stream().mapToLong(Long::longValue).sum() + " more: " + list(unnamed));
        }
        if (halt != Halt.NEVER) {
            String ended = counts.halted() == 0 ? "" : ", " + counts.halted() + " ended early";
            lines.add("halted after the first failure (--halt " + halt + ")" + ended + "; what was left did not start");
        }
        return lines;
    }

    /// What was done before a signal or another cause ended the run.
    static String interrupted(String cause, Tally tally) {
        Tally.Counts counts = tally.counts();
        String skipped = counts.skipped() == 0 ? "" : ", " + counts.skipped() + " done before";
        String failed = counts.failed() == 0 ? "" : ", " + counts.failed() + " failed";
        return cause + ": " + items(counts.done()) + " done" + skipped + failed + ", " + counts.running()
                + " ended early";
    }

    private static String retries(Tally.Counts counts) {
        return switch ((int) Math.min(2, counts.retries())) {
            case 0 -> "";
            case 1 -> " (1 retry)";
            default -> " (" + counts.retries() + " retries)";
        };
    }

    private static String list(Map<String, Long> reasons) {
        List<String> parts = new ArrayList<>();
        reasons.forEach((reason, count) -> parts.add(count + " " + reason));
        return String.join(", ", parts);
    }

    private static String items(long count) {
        return count == 1 ? "1 item" : count + " items";
    }
}
