package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The parent's end of a [Child] or a [Program].
public final class ChildProcess implements AutoCloseable {
    /// The flags of every JVM alike: those that Sluice's users set, what Aeron and Chronicle need, and full
    /// collections that leave nothing dead behind, so that the live heap can be read.
    private static final List<String> FLAGS = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dslf4j.internal.verbosity=ERROR",
            "--enable-native-access=ALL-UNNAMED",
            "-Djdk.trackAllThreads=false",
            "-XX:MarkSweepAlwaysCompactCount=1");

    /// Room for a million threads.
    private static final List<String> ROOM = List.of("-Xms1g", "-Xmx4g");

    private final LineProcess process;

    /// Where a work is found.
    ///
    /// @param work its place in the suite
    record Place(String suite, int work, boolean quick) {}

    /// Starts one side of a work.
    ChildProcess(Work work, Work.Side side, Place place) throws IOException {
        List<String> command = switch (side) {
            case Work.Java java -> java(place, work.sides().indexOf(java));
            case Program program -> program.command();
        };
        this.process = new LineProcess(work.name() + ", " + side.name(), command);
    }

    /// The JVM with its flags, without a class path and a class.
    public static List<String> jvm() {
        return jvm(ROOM);
    }

    /// @param heap the flags that say how large the heap is
    public static List<String> jvm(List<String> heap) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(heap);
        return command;
    }

    private static List<String> java(Place place, int side) {
        List<String> command = jvm();
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
        command.addAll(List.of(
                place.suite(),
                Integer.toString(place.work()),
                Integer.toString(side),
                Boolean.toString(place.quick())));
        return command;
    }

    /// Begins the warm-up, which goes on while other children warm up; [#warm] waits for it.
    void warmUp(long millis) {
        process.tell("warm " + millis);
    }

    /// @return the nanoseconds of an operation
    double warm() throws IOException {
        return Double.parseDouble(process.next());
    }

    Sample run(long operations) throws IOException {
        return Sample.parse(process.ask("run " + operations));
    }

    @Override
    public void close() {
        process.close();
    }
}
