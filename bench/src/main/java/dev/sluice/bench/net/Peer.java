package dev.sluice.bench.net;

import dev.sluice.bench.ChildProcess;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A server to measure, and how to start it.
///
/// @param name what the table calls it
/// @param command what the work and the directory of the files are put behind
/// @param goals what is wanted of the ratios to it
/// @param cure how to get it
record Peer(String name, List<String> command, Goals goals, String cure) {
    private static final Goals NONE = new Goals(0, 0, 0);

    /// A heap that is as large as what lives in it, after a full collection, so that what is resident says
    /// what a connection takes.
    private static final List<String> TIGHT = List.of(
            "-XX:+UseSerialGC", "-Xms32m", "-Xmn16m", "-Xmx1g", "-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10");

    private static final Path TASKSET = Path.of("/usr/bin/taskset");

    /// Ratios that are wanted; 0: reported only.
    ///
    /// @param rate of the messages in a second, or what else a row begins with
    /// @param rateWithMany instead at 64 connections; 0: as `rate`
    /// @param cpu of the user CPU
    record Goals(double rate, double rateWithMany, double cpu) {}

    Peer {
        command = List.copyOf(command);
    }

    /// One of [NetServer].
    static Peer java(String name, String server) {
        return java(name, server, ChildProcess.jvm());
    }

    /// The same, to see how much memory it takes.
    static Peer tight(String name, String server) {
        return java(name, server, ChildProcess.jvm(TIGHT));
    }

    private static Peer java(String name, String server, List<String> command) {
        command.addAll(List.of(
                "-XX:-UseDynamicNumberOfCompilerThreads", // none ends, and all can be told apart
                "-Djdk.tls.server.cipherSuites=" + Service.CIPHER_SUITE,
                "-Dio.netty.leakDetection.level=disabled",
                "-cp",
                System.getProperty("java.class.path"),
                NetServer.class.getName(),
                server));
        return new Peer(name, command, NONE, "");
    }

    static Peer program(String name, String cure, String... command) {
        return new Peer(name, List.of(command), NONE, cure);
    }

    Peer goals(double rate, double rateWithMany, double cpu) {
        return new Peer(name, command, new Goals(rate, rateWithMany, cpu), cure);
    }

    Peer goal(double rate) {
        return goals(rate, 0, 0);
    }

    /// Whether it can be started.
    boolean here() {
        String program = command.getFirst();
        return !program.contains(File.separator) || Files.isExecutable(Path.of(program));
    }

    /// Whether a command can be tied to a processor, and there is a choice.
    static boolean pins() {
        return Files.isExecutable(TASKSET) && Runtime.getRuntime().availableProcessors() > 1;
    }

    /// The same command on one processor, if that is possible.
    static List<String> on(int processor, List<String> command) {
        if (!pins()) {
            return command;
        }
        List<String> pinned = new ArrayList<>(List.of(TASKSET.toString(), "-c", Integer.toString(processor)));
        pinned.addAll(command);
        return pinned;
    }
}
