package dev.sluice.bench.net;

import dev.sluice.bench.Metric;
import dev.sluice.bench.Row;
import java.util.ArrayList;
import java.util.List;

/// What a cell has given for one server.
///
/// Its user CPU is one figure of all pairs: it is counted by looking now and then, and the more often the
/// better.
final class Figures {
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> roundTrips = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private double operations;
    private double userNanos;

    void add(Running.Answer answer) {
        rates.add(answer.rate());
        roundTrips.add(answer.roundTrip() / 1000);
        cpu.add(answer.cpuNanos() / answer.operations());
        operations += answer.operations();
        userNanos += answer.userNanos();
    }

    private List<Double> of(Metric metric) {
        return switch (metric) {
            case MESSAGES, CONNECTIONS, BULK -> rates;
            case ROUND_TRIP -> roundTrips;
            case USER_CPU -> List.of(userNanos / operations);
            case CPU -> cpu;
            default -> throw new IllegalArgumentException(metric.toString());
        };
    }

    /// @param peers Sluice first
    /// @param figures of each of them
    static List<Row> rows(Cell cell, List<Peer> peers, List<Figures> figures) {
        List<Metric> metrics = cell.rate() == Metric.BULK
                ? List.of(Metric.BULK, Metric.USER_CPU, Metric.CPU)
                : List.of(cell.rate(), Metric.ROUND_TRIP, Metric.USER_CPU, Metric.CPU);
        List<Row> rows = new ArrayList<>();
        for (Metric metric : metrics) {
            List<Double> ours = figures.getFirst().of(metric);
            for (int i = 1; i < peers.size(); i++) {
                Peer peer = peers.get(i);
                var pairs = new Row.Measured(ours, figures.get(i).of(metric));
                double goal = goal(peer, metric, cell);
                rows.add(Row.of(cell.name(), peer.name(), metric, pairs, goal > 0 ? goal : null));
            }
        }
        return rows;
    }

    /// Goals are about messages.
    private static double goal(Peer peer, Metric metric, Cell cell) {
        Peer.Goals goals = peer.goals();
        if (metric == Metric.MESSAGES) {
            return cell.connections() == Groups.MANY && goals.rateWithMany() > 0 ? goals.rateWithMany() : goals.rate();
        }
        return metric == Metric.USER_CPU && cell.rate() == Metric.MESSAGES ? goals.cpu() : 0;
    }
}
