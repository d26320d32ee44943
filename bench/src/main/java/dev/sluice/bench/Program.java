package dev.sluice.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A side that is a program of another language. It obeys the same orders as a [Child], and answers alike.
///
/// @param command the program, a path or a name that is looked up, and its arguments
/// @param needs files that have to be there, besides the program
/// @param cure how to get it
public record Program(String name, List<String> command, List<Path> needs, String cure) implements Work.Side {
    public Program {
        command = List.copyOf(command);
        needs = List.copyOf(needs);
    }

    private Program(String name, List<String> command, String cure) {
        this(name, command, List.of(), cure);
    }

    /// `bench/src/main/go`, which `bench/run` compiles when there is a compiler.
    ///
    /// @param threads how many threads run goroutines
    public static Program go(String name, int threads, String... shape) {
        List<String> command = new ArrayList<>();
        command.add(root().resolve("bench/target/peers-go").toString());
        command.add(Integer.toString(threads));
        command.addAll(List.of(shape));
        return new Program(name, command, "Debian: apt-get install golang-go");
    }

    /// The loads on asyncio, by the system's Python if it has one.
    public static Program python(String name, String... shape) {
        return script(name, "peers.py", shape);
    }

    /// `bench/src/main/python/SCRIPT`, by the system's Python if it has one.
    public static Program script(String name, String script, String... shape) {
        Path ofSystem = Path.of("/usr/bin/python3");
        List<String> command = new ArrayList<>();
        command.add(Files.isExecutable(ofSystem) ? ofSystem.toString() : "python3");
        command.add(root().resolve("bench/src/main/python").resolve(script).toString());
        command.addAll(List.of(shape));
        return new Program(name, command, "Debian: apt-get install python3");
    }

    /// A script that needs more than Python has.
    ///
    /// @param debian the packages, in words of Debian's
    public Program needing(String debian, Path... files) {
        return new Program(name, command, List.of(files), "Debian: apt-get install " + debian);
    }

    /// `bench/src/main/c/SOURCE.c`, which `bench/run` compiles when there is a compiler, and which starts itself by
    /// `mpirun`.
    public static Program mpi(String name, String source, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(root().resolve("bench/target").resolve(source + "-mpi").toString());
        command.addAll(List.of(arguments));
        return new Program(name, command, "Debian: apt-get install libopenmpi-dev openmpi-bin");
    }

    private static Path root() {
        return Path.of(System.getProperty("sluice.root", "."));
    }

    /// Whether the program is on this machine.
    boolean here() {
        if (!needs.stream().allMatch(Files::exists)) {
            return false;
        }
        String program = command.getFirst();
        if (program.contains(File.separator)) {
            return Files.isExecutable(Path.of(program));
        }
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
