package dev.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that answers lines with lines, and ends with its input.
public final class LineProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;
    private static final long END_SECONDS = 10;

    private final String name;
    private final Process process;
    private final PrintWriter orders;
    private final BufferedReader answers;

    /// @param name for messages
    public LineProcess(String name, List<String> command) throws IOException {
        this.name = name;
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.orders = new PrintWriter(process.outputWriter(), true);
        this.answers = process.inputReader();
    }

    /// The number that the system knows it by.
    public long pid() {
        return process.pid();
    }

    public String ask(String order) throws IOException {
        tell(order);
        return next();
    }

    /// Asks; [#next] has the answer.
    public void tell(String order) {
        orders.println(order);
    }

    /// What it says next; waits for at most two minutes.
    public String next() throws IOException {
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

    /// @throws UncheckedIOException if it has not ended by itself within ten seconds; it has been killed then
    @Override
    public void close() {
        orders.close();
        boolean ended = false;
        try {
            ended = process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.destroyForcibly();
            throw new UncheckedIOException(new IOException(
                    "benchmark " + name + ": it did not end within " + END_SECONDS + " s after its last measurement"));
        }
    }
}
