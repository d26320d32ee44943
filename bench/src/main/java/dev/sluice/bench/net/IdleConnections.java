package dev.sluice.bench.net;

import dev.sluice.bench.LineProcess;
import dev.sluice.bench.Metric;
import dev.sluice.bench.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a connection takes that does nothing: 10 000 of them, each of which has had one message echoed.
///
/// The servers have warmed up, with 64 other connections, before the first figure is taken; each measurement is
/// that of a new server, as pools do not give back what they have once had. Sluice transfers a connection to
/// itself, and Netty echoes: both have memory for a connection only while something comes. The JDK's threads read
/// into 1 KiB, as they must have something to read into.
final class IdleConnections {
    static final String NAME = "10 000 idle connections";

    private static final int COUNT = 10_000;
    private static final Cell WARM = Cell.of(NAME, "echo", Groups.MANY, 1);
    private static final Cell IDLE = Cell.of(NAME, "echo", COUNT, 1);

    private IdleConnections() {}

    /// Bytes of one connection.
    private record Memory(double resident, double heap) {}

    static List<Row> measure(Groups groups, NetSuite.Place place) throws IOException {
        List<Peer> peers = groups.idlePeers();
        List<List<Double>> resident = new ArrayList<>();
        List<List<Double>> heap = new ArrayList<>();
        peers.forEach(peer -> {
            resident.add(new ArrayList<>());
            heap.add(new ArrayList<>());
        });
        for (int pair = 0; pair < (groups.quick() ? 1 : 5); pair++) {
            for (int i = 0; i < peers.size(); i++) {
                Memory memory = measure(peers.get(i), place);
                resident.get(i).add(memory.resident);
                heap.get(i).add(memory.heap);
            }
        }
        List<Row> rows = new ArrayList<>();
        for (Metric metric : List.of(Metric.IDLE_RESIDENT, Metric.IDLE_HEAP)) {
            List<List<Double>> figures = metric == Metric.IDLE_RESIDENT ? resident : heap;
            for (int i = 1; i < peers.size(); i++) {
                Peer peer = peers.get(i);
                var pairs = new Row.Measured(figures.getFirst(), figures.get(i));
                Double goal = metric == Metric.IDLE_RESIDENT ? peer.goals().rate() : null;
                rows.add(Row.of(NAME, peer.name(), metric, pairs, goal));
            }
        }
        return rows;
    }

    private static Memory measure(Peer peer, NetSuite.Place place) throws IOException {
        try (Running running = Running.start(peer, "idle", place.directory())) {
            running.warmUp(WARM, place);
            long heap = running.heapBytes();
            long resident = running.residentBytes();
            try (LineProcess load = running.load(place.go(), IDLE)) {
                load.ask("once");
                double heapEach = (double) (running.heapBytes() - heap) / COUNT;
                return new Memory((double) (running.residentBytes() - resident) / COUNT, heapEach);
            }
        }
    }
}
