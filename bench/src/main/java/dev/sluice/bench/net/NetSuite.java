package dev.sluice.bench.net;

import dev.sluice.bench.LineProcess;
import dev.sluice.bench.Metric;
import dev.sluice.bench.Plan;
import dev.sluice.bench.Row;
import dev.sluice.bench.Suite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// An echo of 64 bytes over TCP on loopback. An operation is one message there and back.
///
/// Each server has a process of its own, all on the first processor; they are measured in turns, and those that
/// are not measured sleep. The load is on the second processor, one thread that makes its system calls itself:
/// it sends a number of messages on each connection at once, and again when all have come back.
public final class NetSuite implements Suite {
    private static final int SIZE = 64;
    private static final int SERVER_CPU = 0;
    private static final int LOAD_CPU = 1;

    private final Path root;

    public NetSuite(Path root) {
        this.root = root;
    }

    /// How many connections, and how many messages in flight on each.
    private record Cell(int connections, int depth) {
        @Override
        public String toString() {
            return "TCP echo, " + connections + (connections == 1 ? " connection, " : " connections, ") + depth
                    + " in flight";
        }
    }

    /// A server that runs.
    private record Running(Peer peer, LineProcess server, int port) {}

    private List<Peer> peers() {
        Peer sluice = Peer.java("Sluice", "sluice-io_uring");
        String cure = "Debian: apt-get install golang-go";
        return List.of(
                sluice,
                Peer.java("Sluice, epoll", "sluice-epoll"),
                Peer.java("Netty 4.2, epoll", "netty-epoll").goals(1, 1.1, 2),
                Peer.java("Netty 4.2, io_uring", "netty-io_uring").goals(1, 1.1, 2),
                Peer.java("Netty 4.2, nio", "netty-nio").goals(1, 1.1, 2),
                Peer.java("JDK virtual threads", "jdk").goals(1.4, 0, 0),
                Peer.program("Go, GOMAXPROCS=1", cure, goProgram(), "1", "echo").goals(1.2, 0, 0),
                Peer.program("asyncio", "Debian: apt-get install python3", "/usr/bin/python3", python(), "asyncio"),
                Peer.program(
                                "asyncio, uvloop",
                                "Debian: apt-get install python3-uvloop",
                                "/usr/bin/python3",
                                python(),
                                "uvloop")
                        .goals(2.5, 0, 0));
    }

    private String goProgram() {
        return root.resolve("bench/target/peers-go").toString();
    }

    private String python() {
        return root.resolve("bench/src/main/python/echo.py").toString();
    }

    @Override
    public void run(Plan plan, Consumer<List<Row>> done) throws Exception {
        List<Running> all = new ArrayList<>();
        try {
            for (Peer peer : peers()) {
                start(peer, all);
            }
            for (Running running : all) {
                warmUp(running, plan.quick() ? 1_000 : 5_000);
            }
            for (int connections : plan.quick() ? new int[] {1, 64} : new int[] {1, 64, 1000}) {
                for (int depth : new int[] {1, 16}) {
                    var cell = new Cell(connections, depth);
                    if (!plan.quick() || connections == 64 || depth == 1) {
                        done.accept(measure(plan, cell, all));
                    }
                }
            }
        } finally {
            all.forEach(running -> running.server.close());
        }
    }

    private static void start(Peer peer, List<Running> all) throws IOException {
        if (peer.here()) {
            var server = new LineProcess(peer.name(), Peer.on(SERVER_CPU, peer.command()));
            try {
                all.add(new Running(peer, server, Integer.parseInt(server.next())));
                return;
            } catch (IOException none) {
                server.close();
                if (all.isEmpty()) {
                    throw none;
                }
            }
        }
        System.out.println("no " + peer.name() + " here, its rows are left out (" + peer.cure() + ")");
    }

    /// Compiles what is hot, before anything is measured.
    private void warmUp(Running running, int millis) throws IOException {
        for (int times = 0; times < 2; times++) { // the second time new connections meet compiled code
            try (LineProcess load = load(running, new Cell(64, 4))) {
                load.ask("run " + millis / 2);
            }
        }
    }

    private List<Row> measure(Plan plan, Cell cell, List<Running> all) throws IOException {
        List<LineProcess> loads = new ArrayList<>();
        List<Measured> measured = new ArrayList<>();
        try {
            for (Running running : all) {
                LineProcess load = load(running, cell);
                loads.add(load);
                load.ask("run " + (plan.quick() ? 150 : 1_000));
                measured.add(new Measured());
            }
            for (int pair = 0; pair < (plan.quick() ? 5 : 11); pair++) {
                for (int i = 0; i < all.size(); i++) {
                    sample(all.get(i), loads.get(i), plan.quick() ? 120 : 400, measured.get(i));
                }
            }
        } finally {
            loads.forEach(LineProcess::close);
        }
        return rows(cell, all, measured);
    }

    private LineProcess load(Running running, Cell cell) throws IOException {
        List<String> command = List.of(
                goProgram(),
                "1",
                "load",
                Integer.toString(running.port),
                Integer.toString(cell.connections),
                Integer.toString(cell.depth),
                Integer.toString(SIZE));
        LineProcess load = new LineProcess("load of " + running.peer.name(), Peer.on(LOAD_CPU, command));
        load.next(); // connected
        return load;
    }

    private static void sample(Running running, LineProcess load, int millis, Measured measured) throws IOException {
        String[] before = running.server.ask("usage").split(" ");
        String[] answer = load.ask("run " + millis).split(" ");
        String[] after = running.server.ask("usage").split(" ");
        measured.messages += Double.parseDouble(answer[0]);
        measured.userNanos += Double.parseDouble(after[0]) - Double.parseDouble(before[0]);
        measured.cpuNanos += Double.parseDouble(after[1]) - Double.parseDouble(before[1]);
        measured.rates.add(Double.parseDouble(answer[1]));
        measured.roundTrips.add(Double.parseDouble(answer[2]) / 1000);
    }

    /// What a cell has given for one server. Its CPU is one figure of all pairs: the system counts the user's
    /// by looking now and then.
    private static final class Measured {
        final List<Double> rates = new ArrayList<>();
        final List<Double> roundTrips = new ArrayList<>();
        double messages;
        double userNanos;
        double cpuNanos;

        List<Double> of(Metric metric) {
            return switch (metric) {
                case MESSAGES -> rates;
                case ROUND_TRIP -> roundTrips;
                case USER_CPU -> List.of(userNanos / messages);
                case CPU -> List.of(cpuNanos / messages);
                default -> throw new IllegalArgumentException(metric.toString());
            };
        }
    }

    private static List<Row> rows(Cell cell, List<Running> all, List<Measured> measured) {
        List<Row> rows = new ArrayList<>();
        for (Metric metric : List.of(Metric.MESSAGES, Metric.ROUND_TRIP, Metric.USER_CPU, Metric.CPU)) {
            List<Double> ours = measured.getFirst().of(metric);
            for (int i = 1; i < all.size(); i++) {
                Peer peer = all.get(i).peer;
                var pairs = new Row.Measured(ours, measured.get(i).of(metric));
                double goal = goal(peer, metric, cell);
                rows.add(Row.of(cell.toString(), peer.name(), metric, pairs, goal > 0 ? goal : null));
            }
        }
        return rows;
    }

    private static double goal(Peer peer, Metric metric, Cell cell) {
        Peer.Goals goals = peer.goals();
        return switch (metric) {
            case MESSAGES -> cell.connections == 64 && goals.rateWithMany() > 0 ? goals.rateWithMany() : goals.rate();
            case USER_CPU -> goals.cpu();
            default -> 0;
        };
    }
}
