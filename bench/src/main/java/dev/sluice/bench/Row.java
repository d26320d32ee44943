package dev.sluice.bench;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One line of the result: a figure of ours beside a peer's.
///
/// @param sluice the median of ours
/// @param peerValue the median of the peer's
/// @param lowest the lowest ratio of a pair
/// @param highest the highest ratio of a pair
/// @param goal the least ratio wanted; null: reported only
public record Row(
        String work,
        String peer,
        Metric metric,
        double sluice,
        double peerValue,
        double lowest,
        double highest,
        @Nullable Double goal) {

    /// What the pairs gave: `ours.get(i)` was measured right before `theirs.get(i)`.
    public record Measured(List<Double> ours, List<Double> theirs) {}

    /// A row of pairs.
    public static Row of(String work, String peer, Metric metric, Measured pairs, @Nullable Double goal) {
        List<Double> ours = pairs.ours();
        List<Double> theirs = pairs.theirs();
        // The user CPU of a short measurement may be counted as none: such a pair has no ratio.
        double[] ratios = IntStream.range(0, ours.size())
                .mapToDouble(pair -> metric.ratio(ours.get(pair), theirs.get(pair)))
                .filter(ratio -> Double.isFinite(ratio) && ratio > 0)
                .sorted()
                .toArray();
        double lowest = ratios.length == 0 ? Double.NaN : ratios[0];
        double highest = ratios.length == 0 ? Double.NaN : ratios[ratios.length - 1];
        return new Row(work, peer, metric, median(ours), median(theirs), lowest, highest, goal);
    }

    /// How many times better Sluice is.
    double ratio() {
        return metric.ratio(sluice, peerValue);
    }

    /// Null when there is no goal.
    @Nullable Boolean met() {
        return goal == null ? null : ratio() >= goal;
    }

    static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
