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
/// @param goals what is wanted of the ratios to it
/// @param cure how to get it
record Peer(String name, List<String> command, Goals goals, String cure) {
    private static final Goals NONE = new Goals(0, 0, 0);

    /// Ratios that are wanted; 0: reported only.
    ///
    /// @param rate of the messages in a second
    /// @param rateWithMany instead at 64 connections; 0: as `rate`
    /// @param cpu of the user CPU
    record Goals(double rate, double rateWithMany, double cpu) {}

    Peer {
        command = List.copyOf(command);
    }

    /// One of [EchoServer].
    static Peer java(String name, String server) {
        List<String> command = ChildProcess.jvm();
        command.addAll(List.of(
                "-Dio.netty.leakDetection.level=disabled",
                "-cp",
                System.getProperty("java.class.path"),
                EchoServer.class.getName(),
                server));
        return new Peer(name, command, NONE, "");
    }

    static Peer program(String name, String cure, String... command) {
        return new Peer(name, List.of(command), NONE, cure);
    }

    Peer goals(double rate, double rateWithMany, double cpu) {
        return new Peer(name, command, new Goals(rate, rateWithMany, cpu), cure);
    }

    /// Whether it can be started.
    boolean here() {
        String program = command.getFirst();
        return !program.contains(File.separator) || Files.isExecutable(Path.of(program));
    }

    /// The same command on one processor, if there is a choice.
    static List<String> on(int processor, List<String> command) {
        if (!Files.isExecutable(TASKSET) || Runtime.getRuntime().availableProcessors() < 2) {
            return command;
        }
        List<String> pinned = new ArrayList<>(List.of(TASKSET.toString(), "-c", Integer.toString(processor)));
        pinned.addAll(command);
        return pinned;
    }

    private static final Path TASKSET = Path.of("/usr/bin/taskset");
}
