package dev.sluice.cli.command;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.TaskFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A command that does its work on a loop of its own, and fails in one line.
public abstract class LoopCommand implements Callable<Integer> {
    /// The reader of our output has gone: what a shell shows of a filter that SIGPIPE ended.
    protected static final int BROKEN_PIPE = 128 + 13;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /// What it does, on the loop.
    ///
    /// @return the exit status
    protected abstract int run() throws IOException;

    /// A failure in one line, as a person wants to read it; null for one that nobody has foreseen.
    protected abstract @Nullable String explain(Throwable failure);

    /// Whether nobody reads our output any more.
    protected abstract boolean isBrokenPipe(Throwable failure);

    @Override
    public final Integer call() throws IOException {
        LoopsConfig config = LoopsConfig.defaults().withCount(1).withStallLimit(Duration.ZERO);
        try {
            return Sluice.call(config, this::run);
        } catch (CancelledException stopped) {
            return CommandLine.ExitCode.SOFTWARE; // by a signal, whose exit status follows
        } catch (IOException | RuntimeException failed) {
            Throwable cause = failed.getCause();
            Throwable failure = failed instanceof TaskFailedException && cause != null ? cause : failed;
            if (isBrokenPipe(failure)) {
                return BROKEN_PIPE;
            }
            String text = explain(failure);
            if (text == null) {
                throw failed;
            }
            say(text);
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /// Prints a line about what happens, on stderr.
    protected final void say(String line) {
        show(spec.qualifiedName() + ": " + line);
    }

    /// Prints a table as it is, on stderr.
    protected final void show(String table) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(table.stripTrailing());
        err.flush();
    }

    /// Where results go.
    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /// What was typed cannot be done.
    protected final ParameterException wrong(String text) {
        return new ParameterException(spec.commandLine(), text);
    }

    /// Refuses an option that was typed where it does nothing.
    ///
    /// @param does whether it does something
    /// @param expected where it would
    protected final void refuseUnless(boolean does, String option, String expected) {
        if (!does && spec.commandLine().getParseResult().hasMatchedOption(option)) {
            throw wrong(option + ": expected " + expected);
        }
    }
}
