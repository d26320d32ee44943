package dev.sluice.internal.shm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/// A process with the Python end: `clients/python/tests/peer.py`.
///
/// Threads: one.
final class Python implements AutoCloseable {
    static final Path CLIENT = Path.of(System.getProperty("sluice.root", ".."), "clients", "python")
            .toAbsolutePath();

    private final Process process;
    private final PrintWriter lines;
    private final BufferedReader answers;

    /// @param address of the space that it opens
    Python(String address) throws IOException {
        var builder = new ProcessBuilder(
                "python3", "-B", CLIENT.resolve("tests").resolve("peer.py").toString(), address);
        process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        lines = new PrintWriter(process.getOutputStream(), true, UTF_8);
        answers = process.inputReader(UTF_8);
    }

    /// Begins to run a line; [#answer] waits for it.
    void begin(String line) {
        lines.println(line);
    }

    /// What the line has given: `ok` and its value as Python writes it, or `error` and what went wrong.
    String answer() throws IOException {
        String answer = answers.readLine();
        return answer == null ? "ended" : answer;
    }

    /// Runs a line.
    String run(String line) throws IOException {
        begin(line);
        return answer();
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() throws IOException {
        lines.close();
        kill();
        answers.close();
    }
}
