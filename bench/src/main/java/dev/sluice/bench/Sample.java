package dev.sluice.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/// What one measurement of one side gave.
///
/// @param check what the load returned
/// @param values by metric
public record Sample(long check, Map<Metric, Double> values) {
    /// The same with one more value.
    public Sample with(Metric metric, double value) {
        Map<Metric, Double> more = new LinkedHashMap<>(values);
        more.put(metric, value);
        return new Sample(check, more);
    }

    /// One line, which [#parse] reads: how a child JVM reports.
    String print() {
        var line = new StringJoiner(" ");
        line.add(Long.toString(check));
        values.forEach((metric, value) -> line.add(metric.name() + "=" + value));
        return line.toString();
    }

    static Sample parse(String line) {
        String[] words = line.split(" ");
        Map<Metric, Double> values = new LinkedHashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            values.put(Metric.valueOf(words[i].substring(0, equals)), Double.valueOf(words[i].substring(equals + 1)));
        }
        return new Sample(Long.parseLong(words[0]), values);
    }
}
