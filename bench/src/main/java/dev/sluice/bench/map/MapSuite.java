package dev.sluice.bench.map;

import dev.sluice.bench.Metric;
import dev.sluice.bench.Plan;
import dev.sluice.bench.Row;
import dev.sluice.bench.Suite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `./sluice map` beside GNU parallel and xargs, from the start of each program to its end: the start of a JVM
/// counts.
///
/// The jobs do nothing (`true`), as many at once as there are CPUs, so the tool's own cost is what is left
/// beside that of starting a process, which is the same for all.
public final class MapSuite implements Suite {
    private static final int PAIRS = 5;

    private final int jobs = Runtime.getRuntime().availableProcessors();
    private final Tool sluice;
    private final String some;

    /// @param some only the works whose names contain it
    public MapSuite(Path root, String some) {
        this.sluice = Tool.sluice(root, jobs);
        this.some = some;
    }

    /// One way to run a tool.
    @FunctionalInterface
    private interface Run {
        Map<Metric, Double> measure(Tool tool) throws Exception;
    }

    @Override
    public void run(Plan plan, Consumer<List<Row>> measured) throws Exception {
        Consumer<List<Row>> done = rows -> {
            if (!rows.isEmpty()) { // else the work is left out
                measured.accept(rows);
            }
        };
        if (!sluice.here()) {
            throw new IllegalStateException(String.join(" ", sluice.check()) + ": does not run, expected its help");
        }
        List<Tool> peers = new ArrayList<>();
        for (Tool peer : List.of(Tool.parallel(jobs), Tool.xargs(jobs))) {
            if (peer.here()) {
                peers.add(peer);
            } else {
                System.out.println("no " + peer.name() + " here, its rows are left out (" + peer.cure() + ")");
            }
        }
        try (var runs = new Runs()) {
            runs.check(sluice);
            for (Tool peer : peers) {
                runs.check(peer);
            }
            rates(plan, peers, runs, done);
            done.accept(pairs("first output", peers, runs::firstOutput, null));
            int items = plan.quick() ? 100_000 : 1_000_000;
            Duration time = plan.quick() ? Duration.ofMillis(500) : Duration.ofSeconds(20);
            done.accept(pairs(
                    "memory with " + items + " items, after " + time.toMillis() + " ms",
                    peers,
                    tool -> runs.peak(tool, items, time),
                    null));
        }
    }

    /// A few jobs, where the start of a tool weighs, and many, where its rate does; in a quick run each peer with as
    /// many as it does in a few seconds.
    private void rates(Plan plan, List<Tool> peers, Runs runs, Consumer<List<Row>> done) throws Exception {
        for (Tool peer : peers) {
            boolean slow = peer.name().equals("GNU parallel");
            double goal = slow ? 5 : 0.8;
            for (int count : plan.quick() ? new int[] {slow ? 400 : 2000} : new int[] {4000, 20_000}) {
                done.accept(pairs(count + " jobs", List.of(peer), tool -> runs.rate(tool, count), goal));
            }
        }
    }

    /// All tools in turns.
    ///
    /// @param goal of the rate
    private List<Row> pairs(String work, List<Tool> peers, Run run, @Nullable Double goal) throws Exception {
        if (!work.contains(some)) {
            return List.of();
        }
        List<Tool> tools = new ArrayList<>(List.of(sluice));
        tools.addAll(peers);
        List<Map<Metric, List<Double>>> values = new ArrayList<>();
        tools.forEach(tool -> values.add(new EnumMap<>(Metric.class)));
        for (int pair = 0; pair < PAIRS; pair++) {
            for (int i = 0; i < tools.size(); i++) {
                Map<Metric, List<Double>> known = values.get(i);
                run.measure(tools.get(i))
                        .forEach((metric, value) -> known.computeIfAbsent(metric, m -> new ArrayList<>())
                                .add(value));
            }
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 1; i < tools.size(); i++) {
            String peer = tools.get(i).name();
            Map<Metric, List<Double>> theirs = values.get(i);
            values.getFirst().forEach((metric, ours) -> {
                var measured = new Row.Measured(ours, Objects.requireNonNull(theirs.get(metric), peer));
                rows.add(Row.of(work, peer, metric, measured, metric == Metric.JOBS ? goal : null));
            });
        }
        return rows;
    }
}
