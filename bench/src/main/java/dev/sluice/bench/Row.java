package dev.sluice.bench;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One line of the result: a figure of ours beside a peer's.
///
/// @param sluice the median of ours
/// @param peerValue the median of the peer's
/// @param lowest the lowest ratio of a pair
/// @param highest the highest ratio of a pair
/// @param goal the least ratio wanted; null: reported only
record Row(
        String work,
        String peer,
        Metric metric,
        double sluice,
        double peerValue,
        double lowest,
        double highest,
        @Nullable Double goal) {

    /// A row of pairs: `ours[i]` was measured right before `theirs[i]`.
    static Row of(
            String work, String peer, Metric metric, List<Double> ours, List<Double> theirs, @Nullable Double goal) {
        double[] ratios = new double[ours.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = metric.ratio(ours.get(i), theirs.get(i));
        }
        Arrays.sort(ratios);
        return new Row(work, peer, metric, median(ours), median(theirs), ratios[0], ratios[ratios.length - 1], goal);
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
