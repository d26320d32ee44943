package dev.sluice.process;

import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A program that was started. It belongs to the scope that started it, and ends with it.
///
/// ```java
/// try (Child child = Command.of("tail", "-f", "log").start()) {
///     child.stdout().transferTo(StandardStreams.out());
/// }                                                        // ended here, with all it started
/// ```
///
/// [#close] ends the program and everything in its process group: TERM, KILL after the command's grace, whether
/// the caller is cancelled or not. What is not closed is closed when the task, group or scope that started it
/// is left. A program that has ended stays in the system's list of processes until then.
///
/// Threads: any.
public final class Child implements AutoCloseable {
    private final Command command;
    private final Running running;

    Child(Command command, Running running) {
        this.command = command;
        this.running = running;
    }

    /// What was started.
    public Command command() {
        return command;
    }

    /// Its process id, which is also that of its process group.
    public long pid() {
        return running.pid();
    }

    /// Where its input is written; closing it is the end of the input.
    ///
    /// @throws IllegalStateException unless the command says [Input#piped]
    public ByteSink stdin() {
        return piped("stdin", running.stdin());
    }

    /// Where its output is read.
    ///
    /// @throws IllegalStateException unless the command says [Output#piped]
    public ByteSource stdout() {
        return piped("stdout", running.stdout());
    }

    /// Where its errors are read.
    ///
    /// @throws IllegalStateException unless the command says [Output#piped]
    public ByteSource stderr() {
        return piped("stderr", running.stderr());
    }

    private <T> T piped(String what, @Nullable T stream) {
        if (stream == null) {
            throw new IllegalStateException(what + " of " + command + ": not piped");
        }
        return stream;
    }

    /// Waits until the program has ended, and says how. What it wrote may still have to be read, and what it
    /// started may still run.
    public Exit exit() {
        return running.exit().await(this);
    }

    /// Whether the program has ended.
    public boolean hasEnded() {
        return running.exit().result() != null;
    }

    /// Sends a signal to the program and all others of its group. Without effect when they have ended.
    ///
    /// @param signal its number
    /// @throws UnsupportedOperationException where processes are the JDK's, for others than TERM (15) and KILL
    ///     (9)
    public void signal(int signal) throws ProcessException {
        running.signal(signal);
    }

    /// Ends the program and its whole group: TERM at once, KILL after the grace. Waits for that, cancelled or
    /// not.
    ///
    /// @return how the program ended
    public Exit terminate(Duration grace) {
        running.end(grace);
        return running.exit().awaitUncancellable(this);
    }

    /// Ends the program as [#terminate] with the command's grace, and closes its streams. Once is enough, more
    /// is no error.
    @Override
    public void close() throws IOException {
        terminate(command.grace());
        if (running.stdin() != null) {
            running.stdin().close();
        }
        if (running.stdout() != null) {
            running.stdout().close();
        }
        if (running.stderr() != null) {
            running.stderr().close();
        }
    }

    @Override
    public String toString() {
        return "child " + pid() + " (" + command + ")";
    }
}
