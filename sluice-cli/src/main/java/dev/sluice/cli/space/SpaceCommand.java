package dev.sluice.cli.space;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.io.StreamException;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.space.SpaceException;
import dev.sluice.task.TaskFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What these commands share: they run on a loop, and fail in one line.
abstract class SpaceCommand implements Callable<Integer> {
    /// The reader of our output has gone: what a shell shows of a filter that SIGPIPE ended.
    static final int BROKEN_PIPE = 128 + 13;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /// What it does, on a loop.
    ///
    /// @return the exit status
    abstract int run() throws IOException;

    @Override
    public final Integer call() {
        LoopsConfig config = LoopsConfig.defaults().withCount(1).withStallLimit(Duration.ZERO);
        try {
            return Sluice.call(config, this::run);
        } catch (IOException | SpaceException failed) {
            return failed(failed);
        } catch (TaskFailedException failed) {
            Throwable cause = failed.getCause();
            return failed(cause == null ? failed : cause);
        } catch (CancelledException stopped) {
            return CommandLine.ExitCode.SOFTWARE; // by a signal, whose exit status follows
        } catch (IllegalArgumentException wrong) {
            throw wrong(String.valueOf(wrong.getMessage()));
        }
    }

    private int failed(Throwable failure) {
        if (failure instanceof StreamException stream && stream.isBrokenPipe()) {
            return BROKEN_PIPE;
        }
        say(String.valueOf(failure.getMessage()));
        return CommandLine.ExitCode.SOFTWARE;
    }

    /// Prints a line about what happens, on stderr.
    final void say(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + line);
        err.flush();
    }

    /// What was typed cannot be done.
    final ParameterException wrong(String text) {
        return new ParameterException(spec.commandLine(), text);
    }

    /// Where results go.
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
