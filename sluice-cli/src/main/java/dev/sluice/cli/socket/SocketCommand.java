package dev.sluice.cli.socket;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.layer.Capture;
import dev.sluice.layer.Layer;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.NetException;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.process.ProcessStartException;
import dev.sluice.task.TaskFailedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What the three commands share: they run on a loop, and fail in one line.
abstract class SocketCommand implements Callable<Integer> {
    /// The reader of our output has gone: what a shell shows of a filter that SIGPIPE ended.
    private static final int BROKEN_PIPE = 128 + 13;

    @Option(names = "--describe", description = "Print what each layer has carried, on stderr, behind each connection.")
    boolean describe;

    @Option(
            names = "--capture",
            paramLabel = "FILE",
            description = "Write what passes to a file for Wireshark: below the layers, and above them, in clear.")
    private @Nullable Path capture;

    private List<Layer> capturing = List.of(); // below and above the others; set before run

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
    abstract void run() throws IOException;

    /// The addresses that were typed.
    abstract List<Place> places();

    private void runCaptured() throws IOException {
        Path path = capture;
        if (path == null) {
            run();
            return;
        }
        for (Place place : places()) {
            if (place.isUdp()) { // the file has streams
                throw wrong("--capture with " + place + ": expected tcp, ws or unix");
            }
        }
        Capture file;
        try {
            file = Capture.create(path);
        } catch (FileNotFoundException impossible) {
            throw new IOException("--capture: " + impossible.getMessage(), impossible);
        }
        try (file) {
            capturing = List.of(file.at("transport"), file.at("content"));
            run();
        }
    }

    /// Layers, and those that capture what passes below and above them.
    final List<Layer> captured(List<Layer> layers) {
        if (capturing.isEmpty()) {
            return layers;
        }
        var all = new ArrayList<Layer>();
        all.add(capturing.getFirst());
        if (!layers.isEmpty()) {
            all.addAll(layers);
            all.add(capturing.getLast());
        }
        return all;
    }

    @Override
    public final Integer call() {
        Reports.handler(this::report);
        LoopsConfig config = LoopsConfig.defaults().withCount(1).withStallLimit(Duration.ZERO);
        try {
            Sluice.run(config, this::runCaptured);
            return CommandLine.ExitCode.OK;
        } catch (IOException failed) {
            return failed(failed);
        } catch (TaskFailedException failed) {
            if (failed.getCause() instanceof IOException cause) {
                return failed(cause);
            }
            throw failed;
        } catch (CancelledException stopped) {
            return CommandLine.ExitCode.SOFTWARE; // by a signal, whose exit status follows
        }
    }

    private int failed(IOException failure) {
        if (failure instanceof NetException pipe && Joint.isBrokenPipe(pipe)) {
            return BROKEN_PIPE;
        }
        say(text(failure));
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void report(Report report) {
        if (report instanceof Report.UnobservedFailure failure) {
            say(report.describe() + ": " + failure.failure().getMessage());
        }
    }

    /// A failure as a person wants to read it, with what to do where that is known.
    static String text(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof NetException net) {
            return switch (net.error().orElse("")) {
                case "ECONNREFUSED" -> message + ": nobody listens there";
                case "EADDRINUSE" -> message + ": another program listens there, or has left its socket file behind";
                case "EACCES" -> message + ": ports below 1024 need privileges; a socket file needs its owner";
                default -> message;
            };
        }
        return failure instanceof ProcessStartException ? "--exec: " + message : message;
    }

    /// A time that was typed.
    final Duration seconds(String option, double value) {
        if (!(value > 0)) {
            throw wrong(option + " " + value + ": expected more than 0");
        }
        return Duration.ofNanos((long) (value * 1e9));
    }

    /// Prints a line about what happens, on stderr.
    final void say(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + line);
        err.flush();
    }

    /// Prints a table as it is, on stderr.
    final void show(String table) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(table.stripTrailing());
        err.flush();
    }

    /// What was typed cannot be done.
    final ParameterException wrong(String text) {
        return new ParameterException(spec.commandLine(), text);
    }
}
