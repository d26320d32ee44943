package dev.sluice.bench.net;

import dev.sluice.bench.LineProcess;
import dev.sluice.bench.Plan;
import dev.sluice.bench.Row;
import dev.sluice.bench.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Servers on loopback. An operation is one message there and back, one connection, or one MiB.
///
/// Each server has a process of its own, all on the first processor; they are measured in turns, and those that
/// are not measured sleep. The load is on the second processor, one thread that makes its system calls itself:
/// it sends a number of messages on each connection at once, and again when all have come back.
public final class NetSuite implements Suite {
    private final Path root;
    private final String some;

    /// @param some what the names of the works to measure contain
    public NetSuite(Path root, String some) {
        this.root = root;
        this.some = some;
    }

    @Override
    public void run(Plan plan, Consumer<List<Row>> done) throws Exception {
        var groups = new Groups(root, plan.quick());
        List<Group> all = groups.all();
        List<Group> wanted = all.stream()
                .map(group -> group.only(some))
                .filter(group -> !group.cells().isEmpty())
                .toList();
        boolean idle = IdleConnections.NAME.contains(some);
        if (wanted.isEmpty() && !idle) {
            throw new IllegalArgumentException("works: work=" + some + ", expected a part of one of "
                    + all.stream()
                            .flatMap(group -> group.cells().stream())
                            .map(Cell::name)
                            .toList()
                    + " or " + IdleConnections.NAME);
        }
        Path directory = Files.createTempDirectory("sluice-bench");
        try {
            files(groups.goProgram(), directory);
            int idlers = idle ? groups.idlePeers().size() : 0;
            int servers = idlers
                    + wanted.stream().mapToInt(group -> group.peers().size()).sum();
            long end = System.nanoTime() + Plan.QUICK.toNanos();
            for (Group group : wanted) {
                var place = new Place(groups.goProgram(), directory, pace(plan, end, servers));
                measure(group, place, done);
                servers -= group.peers().size();
            }
            if (idle) {
                Pace pace = pace(plan, end, servers);
                done.accept(IdleConnections.measure(groups, new Place(groups.goProgram(), directory, pace)));
            }
        } finally {
            delete(directory);
        }
    }

    private static Pace pace(Plan plan, long end, int servers) {
        return plan.quick() ? Pace.quick(Duration.ofNanos(end - System.nanoTime()), servers) : Pace.full();
    }

    /// Where and how a work is measured.
    ///
    /// @param go the program that is the load
    /// @param directory has what servers and load share
    record Place(String go, Path directory, Pace pace) {}

    private static void files(String go, Path directory) throws IOException, InterruptedException {
        int status = new ProcessBuilder(go, "1", "files", directory.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("peers-go files " + directory + ": status=" + status + ", expected 0");
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(directory)) {
            files = list.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(directory);
    }

    private static void measure(Group group, Place place, Consumer<List<Row>> done) throws IOException {
        List<Running> all = new ArrayList<>();
        try {
            for (Peer peer : group.peers()) {
                start(peer, group, place.directory, all);
            }
            for (Running running : all) {
                running.warmUp(group.cells().getFirst(), place);
            }
            for (Cell cell : group.cells()) {
                done.accept(measure(cell, all, place));
            }
        } finally {
            all.forEach(Running::close);
        }
    }

    private static void start(Peer peer, Group group, Path directory, List<Running> all) throws IOException {
        if (peer.here()) {
            try {
                all.add(Running.start(peer, group.service(), directory));
                return;
            } catch (IOException none) {
                if (peer.cure().isEmpty()) {
                    throw none;
                }
            }
        }
        System.out.println("no " + peer.name() + " here, its rows are left out (" + peer.cure() + ")");
    }

    private static List<Row> measure(Cell cell, List<Running> all, Place place) throws IOException {
        List<LineProcess> loads = new ArrayList<>();
        List<Figures> figures = new ArrayList<>();
        try {
            for (Running running : all) {
                LineProcess load = running.load(place.go, cell);
                loads.add(load);
                running.settle(load, place.pace.warmMillis(), place.pace.settleRounds());
                figures.add(new Figures());
            }
            for (int pair = 0; pair < place.pace.pairs(); pair++) {
                for (int i = 0; i < all.size(); i++) {
                    String answer = loads.get(i).ask("run " + place.pace.runMillis());
                    figures.get(i).add(Running.Answer.parse(answer));
                }
            }
        } finally {
            loads.forEach(LineProcess::close);
        }
        return Figures.rows(cell, all.stream().map(Running::peer).toList(), figures);
    }
}
