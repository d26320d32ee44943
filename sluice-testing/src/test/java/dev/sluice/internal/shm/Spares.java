package dev.sluice.internal.shm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Signals;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/// Processes that are started ahead, so that one is ready when it is needed.
///
/// They begin with the classes in one jar, and with what a first one has loaded of it (an AOT cache), and
/// compile nothing: in a quarter of the time, for there are hundreds.
///
/// Threads: the test's.
final class Spares implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final Deque<Process> waiting = new ArrayDeque<>();
    private final List<Process> living = new ArrayList<>();

    private final int ahead;
    private final Path folder;
    private final String classPath;

    /// @param ahead how many wait, besides those that live
    /// @param folder for what they begin with
    Spares(int ahead, Path folder) throws IOException, InterruptedException {
        this.ahead = ahead;
        this.folder = folder;
        this.classPath = classPath(folder);
        String address = "shm:sluice-test-" + UUID.randomUUID();
        Path said = folder.resolve("first.txt"); // by the JVM that makes the cache, too
        Process first = start("-XX:AOTCacheOutput=" + cache(), Redirect.to(said.toFile()));
        try {
            tell(first, String.join(" ", address, "all", new Fate(0, "-", 0, 0).toString()));
            assertThat(end(first, "the first life")).as(() -> read(said)).isZero();
        } finally {
            first.destroyForcibly();
            Shared.destroy(address);
        }
    }

    private static String read(Path said) {
        try {
            return Files.readString(said);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Path cache() {
        return folder.resolve("classes.aot");
    }

    /// What is ours of the class path, with all of its folders in one jar, because a cache is of jars only. The
    /// others are not needed, and each costs 10 ms.
    private static String classPath(Path folder) throws IOException {
        Path own = folder.resolve("classes.jar");
        List<String> jars = new ArrayList<>(List.of(own.toString()));
        Map<String, ByteArrayOutputStream> all = new TreeMap<>();
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (Files.isDirectory(Path.of(each))) {
                addAll(all, Path.of(each));
            } else if (Path.of(each).getFileName().toString().startsWith("sluice")) {
                jars.add(each);
            }
        }
        try (var jar = new JarOutputStream(Files.newOutputStream(own))) {
            jar.setLevel(Deflater.NO_COMPRESSION);
            for (var entry : all.entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                entry.getValue().writeTo(jar);
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    private static void addAll(Map<String, ByteArrayOutputStream> all, Path root) throws IOException {
        for (String part : List.of("dev/sluice", "META-INF/services")) {
            if (!Files.isDirectory(root.resolve(part))) {
                continue;
            }
            try (Stream<Path> files = Files.walk(root.resolve(part))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = root.relativize(file).toString();
                    Files.copy(file, all.computeIfAbsent(name, _ -> new ByteArrayOutputStream())); // services add up
                }
            }
        }
    }

    private Process start(String cache, Redirect errors) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-ea", "-Xint", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx64m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", cache));
        command.addAll(List.of("-cp", classPath, Mortal.class.getName(), folder.toString()));
        return new ProcessBuilder(command)
                .redirectError(errors)
                .redirectOutput(Redirect.DISCARD)
                .start();
    }

    private static void tell(Process process, String line) throws IOException {
        OutputStream out = process.getOutputStream();
        out.write((line + "\n").getBytes(UTF_8));
        out.flush();
    }

    /// Lets one live, up to a signal.
    Process live(String address, String life, Fate fate) throws IOException {
        while (waiting.size() <= ahead) {
            waiting.add(start("-XX:AOTCache=" + cache(), Redirect.INHERIT));
        }
        Process one = waiting.remove();
        living.removeIf(process -> !process.isAlive());
        living.add(one);
        tell(one, String.join(" ", address, life, fate.toString()));
        return one;
    }

    /// What a process comes to.
    ///
    /// @param signal sent to itself
    /// @param label before which step, `*` for any
    /// @param number the number of that step, from 0
    /// @param nanos so much later
    record Fate(int signal, String label, int number, long nanos) {
        @Override
        public String toString() {
            return signal + " " + label + " " + number + " " + nanos;
        }
    }

    /// Waits for the end of a process.
    static int end(Process process, String what) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(what).isTrue();
        return process.exitValue();
    }

    /// Whether a process has ended in the middle of an operation.
    boolean hasEndedInside(Process process) throws IOException {
        Path mark = folder.resolve(String.valueOf(process.pid()));
        if (!Files.exists(mark)) {
            return false; // it had not begun
        }
        byte[] inside = Files.readAllBytes(mark);
        Files.delete(mark); // another process may get the number
        return inside.length == 1 && inside[0] == 1;
    }

    /// Waits until a process has been stopped.
    static void awaitStop(Process process, String what) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Path status = Path.of("/proc/" + process.pid() + "/stat");
        for (String stat = ""; !stat.startsWith("T"); ) {
            assertThat(System.nanoTime() - end).as(what).isNegative();
            assertThat(process.isAlive()).as(what).isTrue();
            String line = Files.readString(status);
            stat = line.substring(line.lastIndexOf(')') + 2);
            Thread.yield();
        }
    }

    /// Lets a process that has been stopped go on.
    static void goOn(Process stopped) throws IOException {
        tell(stopped, "go on");
        Signals.kill(new CallState(), (int) stopped.pid(), Signals.SIGCONT);
    }

    @Override
    public void close() {
        waiting.forEach(Process::destroyForcibly);
        living.forEach(Process::destroyForcibly);
    }
}
