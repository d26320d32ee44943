package dev.sluice.cli.space;

import dev.sluice.internal.shm.Inspection.Seen;
import java.util.stream.Collectors;

/// Objects as a table: a row each.
final class Table {
    private static final String ROW = "%-24s %-11s %9s  %-28s %s";

    private Table() {}

    static String header() {
        return ROW.formatted("NAME", "KIND", "BYTES", "USED BY", "STATE");
    }

    static String row(Seen seen) {
        String kind = seen.isUsable() ? seen.kind() : "unusable";
        return ROW.formatted(seen.name(), kind, bytes(seen.bytes()), users(seen), seen.state())
                .stripTrailing();
    }

    private static String bytes(long bytes) {
        return bytes < 10_000
                ? Long.toString(bytes)
                : bytes < 10_000_000 ? bytes / 1000 + "k" : bytes / 1_000_000 + "M";
    }

    private static String users(Seen seen) {
        String living = seen.users().living().stream()
                .map(user -> user.program() + " " + user.process())
                .collect(Collectors.joining(", "));
        int dead = seen.users().dead().size();
        if (dead > 0) {
            return (living.isEmpty() ? "" : living + ", ") + dead + " dead";
        }
        return living.isEmpty() ? "-" : living;
    }
}
