package dev.sluice.cli.space;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `sluice space`: what there is between processes.
@Command(
        name = "space",
        description = "Lists, watches, examines and removes what processes of this machine share.",
        subcommands = {LsCommand.class, RmCommand.class, DoctorCommand.class, WatchCommand.class})
public final class SpaceGroup implements Runnable {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command, expected one of: ls, rm, doctor, watch");
    }
}
