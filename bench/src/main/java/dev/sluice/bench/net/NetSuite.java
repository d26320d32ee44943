package dev.sluice.bench.net;

import dev.sluice.bench.LineProcess;
import dev.sluice.bench.Plan;
import dev.sluice.bench.Row;
import dev.sluice.bench.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            for (Group group : wanted) {
                measure(plan, group, new Place(groups.goProgram(), directory), done);
            }
            if (idle) {
                done.accept(IdleConnections.measure(plan, groups, directory));
            }
        } finally {
            delete(directory);
        }
    }

    /// @param go the program that is the load
    /// @param directory has what servers and load share
    private record Place(String go, Path directory) {}

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

    private static void measure(Plan plan, Group group, Place place, Consumer<List<Row>> done) throws IOException {
        List<Running> all = new ArrayList<>();
        try {
            for (Peer peer : group.peers()) {
                start(peer, group, place.directory, all);
            }
            for (Running running : all) {
                for (int times = 0; times < 2; times++) { // the second time new connections meet compiled code
                    try (LineProcess load = running.load(place.go, group.cells().getFirst())) {
                        running.warmUp(load, plan.quick() ? 150 : 500, plan.quick() ? 3 : 6);
                    }
                }
            }
            for (Cell cell : group.cells()) {
                done.accept(measure(plan, cell, all, place.go));
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

    private static List<Row> measure(Plan plan, Cell cell, List<Running> all, String go) throws IOException {
        List<LineProcess> loads = new ArrayList<>();
        List<Figures> figures = new ArrayList<>();
        try {
            for (Running running : all) {
                LineProcess load = running.load(go, cell);
                loads.add(load);
                running.warmUp(load, plan.quick() ? 100 : 400, plan.quick() ? 2 : 5);
                figures.add(new Figures());
            }
            for (int pair = 0; pair < (plan.quick() ? 7 : 15); pair++) {
                for (int i = 0; i < all.size(); i++) {
                    String answer = loads.get(i).ask("run " + (plan.quick() ? 80 : 300));
                    figures.get(i).add(Running.Answer.parse(answer));
                }
            }
        } finally {
            loads.forEach(LineProcess::close);
        }
        return Figures.rows(cell, all.stream().map(Running::peer).toList(), figures);
    }
}
