package dev.sluice.bench.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that answers lines with lines, and ends with its input.
final class Lines implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final String name;
    private final Process process;
    private final PrintWriter orders;
    private final BufferedReader answers;

    Lines(String name, List<String> command) throws IOException {
        this.name = name;
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.orders = new PrintWriter(process.outputWriter(), true);
        this.answers = process.inputReader();
    }

    String ask(String order) throws IOException {
        orders.println(order);
        return next();
    }

    /// What it says next.
    String next() throws IOException {
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
    public void close() {
        orders.close();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
