package dev.sluice.bench.net;

import dev.sluice.bench.LineProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A server that runs, on the first processor. The load is on the second one.
///
/// @param directory where the files are
/// @param port 0 if it listens at a path
record Running(Peer peer, LineProcess server, Path directory, int port) implements AutoCloseable {
    private static final int SERVER_CPU = 0;
    private static final int LOAD_CPU = 1;
    private static final int NO_CPU = -1;

    /// The compilers are done when they take no longer than this part of the server's own time.
    private static final int COMPILED_SHARE = 20;

    private static final int NANOS_PER_MILLI = 1_000_000;

    /// What the load says after a run.
    ///
    /// @param rate operations in a second
    /// @param roundTrip the median, in nanoseconds
    /// @param userNanos of the server
    /// @param cpuNanos of the server, with the kernel's part
    record Answer(double operations, double rate, double roundTrip, double userNanos, double cpuNanos) {
        static Answer parse(String line) {
            String[] words = line.split(" ");
            return new Answer(
                    Double.parseDouble(words[0]),
                    Double.parseDouble(words[1]),
                    Double.parseDouble(words[2]),
                    Double.parseDouble(words[3]),
                    Double.parseDouble(words[4]));
        }
    }

    /// Starts a server.
    ///
    /// @param work see [Service]
    static Running start(Peer peer, String work, Path directory) throws IOException {
        List<String> command = new ArrayList<>(peer.command());
        command.addAll(List.of(work, directory.toString()));
        var server = new LineProcess(peer.name(), Peer.on(SERVER_CPU, command));
        try {
            return new Running(peer, server, directory, Integer.parseInt(server.next()));
        } catch (IOException | RuntimeException none) {
            server.close();
            throw none;
        }
    }

    /// A load for it, which is connected.
    ///
    /// @param go the program
    LineProcess load(String go, Cell cell) throws IOException {
        Path socket = Service.socket(directory, server.pid());
        List<String> command = List.of(
                go,
                "1",
                "load",
                cell.load(),
                port == 0 ? socket.toString() : Integer.toString(port),
                Integer.toString(cell.connections()),
                Integer.toString(cell.depth()),
                Long.toString(server.pid()),
                Integer.toString(Peer.pins() ? SERVER_CPU : NO_CPU),
                directory.toString());
        var load = new LineProcess("load of " + peer.name(), Peer.on(LOAD_CPU, command));
        try {
            String connected = load.next();
            if (!connected.endsWith(cell.suite())) {
                throw new IOException("benchmark " + cell.name() + ", " + peer.name() + ": it says \"" + connected
                        + "\", expected " + cell.suite());
            }
            return load;
        } catch (IOException | RuntimeException failure) {
            load.close();
            throw failure;
        }
    }

    /// Compiles what is hot, before anything is measured.
    void warmUp(Cell cell, NetSuite.Place place) throws IOException {
        for (int times = 0; times < 2; times++) { // the second time new connections meet compiled code
            try (LineProcess load = load(place.go(), cell)) {
                settle(load, place.pace().warmMillis(), place.pace().warmRounds());
            }
        }
    }

    /// Lets a load run until the server has compiled what is hot, but not for ever: where others use the machine
    /// the compilers may come late.
    ///
    /// @param rounds how often to look at most
    void settle(LineProcess load, int millis, int rounds) throws IOException {
        long compiled = compiledMillis();
        for (int round = 0; round < rounds; round++) {
            Answer answer = Answer.parse(load.ask("run " + millis));
            long now = compiledMillis();
            if ((now - compiled) * COMPILED_SHARE * NANOS_PER_MILLI <= answer.cpuNanos) {
                return;
            }
            compiled = now;
        }
    }

    private long compiledMillis() throws IOException {
        return Long.parseLong(server.ask("compiled"));
    }

    long heapBytes() throws IOException {
        return Long.parseLong(server.ask("heap"));
    }

    /// What is in memory of the process, by the system.
    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("status of " + peer.name() + ": no VmRSS");
    }

    @Override
    public void close() {
        server.close();
    }
}
