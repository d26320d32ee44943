package dev.sluice.bench;

import dev.sluice.bench.map.MapSuite;
import dev.sluice.bench.net.NetSuite;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Runs a suite: prints its table, writes its JSON. Called by `bench/run`.
public final class Bench {
    private Bench() {}

    /// @param arguments SUITE [--quick] [--work TEXT]
    public static void main(String[] arguments) throws Exception {
        String name = arguments[0];
        boolean quick = List.of(arguments).contains("--quick");
        int work = List.of(arguments).indexOf("--work");
        String some = work < 0 ? "" : arguments[work + 1];
        Path root = Path.of(System.getProperty("sluice.root", "."));
        Suite suite = switch (name) {
            case "core", "channel", "sync", "ipc" -> new Works(name, some);
            case "map" -> new MapSuite(root, some);
            case "net" -> new NetSuite(root, some);
            default ->
                throw new IllegalArgumentException(
                        "suite: name=" + name + ", expected core, channel, sync, ipc, map or net");
        };
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String loadBefore = Machine.load();
        System.out.println(Machine.describe() + "; load average " + loadBefore + "\n" + Machine.jdk() + "\n");
        System.out.print(Table.head());

        List<Row> rows = new ArrayList<>();
        suite.run(Plan.of(quick), measured -> {
            rows.addAll(measured);
            System.out.print(Table.print(measured));
        });

        String machine =
                Machine.describe() + ", load average " + loadBefore + " before and " + Machine.load() + " after";
        String written = "no file, as some works are left out";
        if (some.isEmpty()) {
            Path file = root.resolve("bench/results/" + name + ".json");
            String commit = System.getProperty("sluice.commit", "unknown");
            new Results(start.toString(), machine, Machine.jdk(), commit, quick, rows).write(file);
            written = file.toString();
        }
        System.out.println("\n" + summary(rows) + "; load average now " + Machine.load() + "; "
                + Duration.between(start, Instant.now()).toSeconds() + " s; " + written);
    }

    private static String summary(List<Row> rows) {
        long goals = rows.stream().filter(row -> row.goal() != null).count();
        long met = rows.stream().filter(row -> Boolean.TRUE.equals(row.met())).count();
        return met + " of " + goals + " goals met, " + (rows.size() - goals) + " rows without a goal";
    }
}
