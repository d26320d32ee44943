package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// One work, done by Sluice and by its peers.
///
/// @param name what the table calls it
/// @param sides Sluice first
/// @param goals what is wanted of the ratio to a peer, or of Sluice's figure itself
/// @param operations of each measurement; 0: as many as fit the time of a measurement
/// @param batch what the number of operations is a multiple of
public record Work(String name, List<Side> sides, List<Goal> goals, long operations, long batch) {
    /// Who does the work.
    public sealed interface Side permits Java, Program {
        String name();
    }

    /// Done in a JVM of its own.
    public record Java(String name, Supplier<Load> load) implements Side {}

    /// A ratio that is wanted.
    ///
    /// @param peer the side it is about; for a budget, what the budget is called
    /// @param least the ratio must not be below
    /// @param budget the figure that stands for the peer; 0: the peer's own is measured
    public record Goal(String peer, Metric metric, double least, double budget) {}

    public Work {
        sides = List.copyOf(sides);
        goals = List.copyOf(goals);
    }

    public static Work of(String name, Supplier<Load> sluice) {
        return new Work(name, List.of(new Java("Sluice", sluice)), List.of(), 0, 1);
    }

    public Work beside(String peer, Supplier<Load> load) {
        return beside(new Java(peer, load));
    }

    public Work beside(Side peer) {
        return new Work(name, plus(sides, peer), goals, operations, batch);
    }

    /// Wants a ratio to the peer that was named last.
    public Work goal(Metric metric, double least) {
        return new Work(
                name, sides, plus(goals, new Goal(sides.getLast().name(), metric, least, 0)), operations, batch);
    }

    /// Wants a figure of Sluice's not to be above a limit.
    public Work budget(Metric metric, double limit) {
        return new Work(name, sides, plus(goals, new Goal("budget", metric, 1, limit)), operations, batch);
    }

    public Work operations(long each) {
        return new Work(name, sides, goals, each, batch);
    }

    public Work batch(long size) {
        return new Work(name, sides, goals, operations, size);
    }

    private static <T> List<T> plus(List<T> list, T last) {
        List<T> longer = new ArrayList<>(list);
        longer.add(last);
        return longer;
    }
}
