package dev.sluice.cli.socket;

import dev.sluice.cli.command.LoopCommand;
import dev.sluice.layer.Capture;
import dev.sluice.layer.Layer;
import dev.sluice.net.NetException;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.process.ProcessStartException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// What the three commands share: what they show and capture of their layers, and how they fail.
abstract class SocketCommand extends LoopCommand {
    @Option(names = "--describe", description = "Print what each layer has carried, on stderr, behind each connection.")
    boolean describe;

    @Option(
            names = "--capture",
            paramLabel = "FILE",
            description = "Write what passes to a file for Wireshark: below the layers, and above them, in clear.")
    private @Nullable Path capture;

    private List<Layer> capturing = List.of(); // below and above the others; set before run

    /// Joins what was typed.
    abstract void join() throws IOException;

    /// The addresses that were typed.
    abstract List<Place> places();

    @Override
    protected final int run() throws IOException {
        Reports.handler(this::report);
        Path path = capture;
        if (path == null) {
            join();
            return CommandLine.ExitCode.OK;
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
            join();
        }
        return CommandLine.ExitCode.OK;
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
    protected final @Nullable String explain(Throwable failure) {
        return failure instanceof IOException io ? text(io) : null;
    }

    @Override
    protected final boolean isBrokenPipe(Throwable failure) {
        return failure instanceof NetException net && Joint.isBrokenPipe(net);
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
}
