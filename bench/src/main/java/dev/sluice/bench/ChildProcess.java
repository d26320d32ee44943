package dev.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The parent's end of a [Child] or a [Program].
public final class ChildProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    /// The flags of every JVM alike: those that Sluice's users set, room for a million threads, and full
    /// collections that leave nothing dead behind, so that the live heap can be read.
    private static final List<String> FLAGS = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Djdk.trackAllThreads=false",
            "-XX:MarkSweepAlwaysCompactCount=1",
            "-Xms1g",
            "-Xmx4g");

    private final String name;
    private final Process process;
    private final PrintWriter orders;
    private final BufferedReader answers;

    /// Where a work is found.
    ///
    /// @param work its place in the suite
    record Place(String suite, int work, boolean quick) {}

    /// Starts one side of a work.
    ChildProcess(Work work, Work.Side side, Place place) throws IOException {
        this.name = work.name() + ", " + side.name();
        List<String> command = switch (side) {
            case Work.Java java -> java(place, work.sides().indexOf(java));
            case Program program -> program.command();
        };
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.orders = new PrintWriter(process.outputWriter(), true);
        this.answers = process.inputReader();
    }

    /// The JVM with its flags, without a class path and a class.
    public static List<String> jvm() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
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
        orders.println("warm " + millis);
    }

    /// @return the nanoseconds of an operation
    double warm() throws IOException {
        return Double.parseDouble(answer());
    }

    Sample run(long operations) throws IOException {
        orders.println("run " + operations);
        return Sample.parse(answer());
    }

    private String answer() throws IOException {
        Thread guard = Thread.ofVirtual().start(this::endWhenLate);
        String line = answers.readLine();
        guard.interrupt();
        if (line == null) {
            throw new IOException("benchmark " + name + ": it ended without an answer within " + PATIENCE_SECONDS
                    + " s, expected one (see its messages above)");
        }
        return line;
    }

    private void endWhenLate() {
        try {
            Thread.sleep(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            process.destroyForcibly();
        } catch (InterruptedException answered) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        orders.close();
        boolean ended = false;
        try {
            ended = process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.destroyForcibly();
            throw new IOException("benchmark " + name + ": it did not end within 10 s after its last measurement");
        }
    }
}
