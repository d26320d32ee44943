package dev.sluice.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Measures a work: all its sides in turns, each in a JVM of its own, so that a slow spell of the machine meets
/// all.
final class Pairs {
    private final Plan plan;
    private final Work work;
    private final List<Work.Side> sides; // those that are here, Sluice first
    private final List<List<Sample>> samples = new ArrayList<>(); // of each of the sides
    private final Map<Long, Long> expected = new HashMap<>(); // what Sluice returned, by the number of operations

    private Pairs(Plan plan, Work work) {
        this.plan = plan;
        this.work = work;
        this.sides = work.sides().stream().filter(Pairs::here).toList();
        sides.forEach(side -> samples.add(new ArrayList<>()));
    }

    /// @param place where the children find the work
    static List<Row> measure(Plan plan, Work work, ChildProcess.Place place) throws Exception {
        var pairs = new Pairs(plan, work);
        for (int fork = 0; fork < plan.forks(); fork++) {
            pairs.fork(place);
        }
        return pairs.rows();
    }

    static boolean here(Work.Side side) {
        return !(side instanceof Program program) || program.here();
    }

    private void fork(ChildProcess.Place place) throws Exception {
        List<ChildProcess> children = new ArrayList<>();
        try {
            for (Work.Side side : sides) {
                var child = new ChildProcess(work, side, place);
                children.add(child);
                child.warmUp(plan.warmUp(sides.size()).toMillis());
            }
            List<Long> operations = new ArrayList<>();
            for (ChildProcess child : children) {
                double nanos = child.warm();
                operations.add(work.operations() > 0 ? work.operations() : fitting(nanos));
            }
            int pairs = work.operations() > 0 ? plan.longPairs() : plan.pairs();
            for (int pair = 0; pair < pairs; pair++) {
                pair(children, operations);
            }
        } finally {
            for (ChildProcess child : children) {
                child.close();
            }
        }
    }

    private long fitting(double nanosPerOperation) {
        long batches = (long) (plan.measurement().toNanos() / nanosPerOperation / work.batch());
        return Math.max(1, batches) * work.batch();
    }

    /// @param operations of each side
    private void pair(List<ChildProcess> children, List<Long> operations) throws Exception {
        for (int side = 0; side < children.size(); side++) {
            long count = operations.get(side);
            Sample sample = children.get(side).run(count);
            if (side == 0) {
                expected.put(count, sample.check());
            } else if (!expected.containsKey(count)) {
                expected.put(count, children.getFirst().run(count).check());
            }
            if (sample.check() != expected.get(count)) {
                throw new IllegalStateException("benchmark " + work.name() + ": "
                        + sides.get(side).name() + " returned " + sample.check() + ", expected "
                        + expected.get(count) + " as Sluice");
            }
            samples.get(side).add(sample);
        }
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Metric metric : samples.getFirst().getFirst().values().keySet()) {
            List<Double> ours = values(0, metric);
            for (Work.Goal goal : work.goals()) {
                if (goal.metric() == metric && goal.budget() > 0) {
                    List<Double> budget =
                            ours.stream().map(value -> goal.budget()).toList();
                    rows.add(Row.of(work.name(), goal.peer(), metric, new Row.Measured(ours, budget), goal.least()));
                }
            }
            for (int side = 1; side < sides.size(); side++) {
                if (!samples.get(side).getFirst().values().containsKey(metric)) {
                    continue; // a program of another language may not know it
                }
                String peer = sides.get(side).name();
                rows.add(Row.of(
                        work.name(), peer, metric, new Row.Measured(ours, values(side, metric)), goal(peer, metric)));
            }
        }
        return rows;
    }

    private List<Double> values(int side, Metric metric) {
        return samples.get(side).stream()
                .map(sample -> {
                    Double value = sample.values().get(metric);
                    assert value != null : metric + " missing in " + sample;
                    return value;
                })
                .toList();
    }

    private @Nullable Double goal(String peer, Metric metric) {
        for (Work.Goal goal : work.goals()) {
            if (goal.peer().equals(peer) && goal.metric() == metric) {
                return goal.least();
            }
        }
        return null;
    }
}
