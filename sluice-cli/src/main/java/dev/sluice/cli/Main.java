package dev.sluice.cli;

import dev.sluice.cli.map.DidYouMean;
import dev.sluice.cli.map.MapCommand;
import dev.sluice.cli.socket.DialCommand;
import dev.sluice.cli.socket.ListenCommand;
import dev.sluice.cli.socket.ProxyCommand;
import dev.sluice.cli.space.GetCommand;
import dev.sluice.cli.space.PutCommand;
import dev.sluice.cli.space.SetCommand;
import dev.sluice.cli.space.SpaceGroup;
import dev.sluice.cli.space.TakeCommand;
import dev.sluice.cli.space.WatchKeysCommand;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The entry of the `sluice` command: parses, runs one subcommand, turns its end into an exit status.
///
/// 0: done · 1: the work failed, one line on stderr says why · 2: bad usage, one line says what. Output goes to
/// stdout, everything about it to stderr.
@Command(
        name = "sluice",
        description = "Event loops, structured tasks and channels for Java 25, from the command line.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            MapCommand.class,
            ListenCommand.class,
            DialCommand.class,
            ProxyCommand.class,
            PutCommand.class,
            TakeCommand.class,
            SetCommand.class,
            GetCommand.class,
            WatchKeysCommand.class,
            SpaceGroup.class,
            Doctor.class,
            WarmUp.class
        })
final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /// Runs the command line and ends the JVM.
    public static void main(String[] arguments) {
        System.exit(run(
                List.of(arguments),
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset())));
    }

    /// Runs the command line.
    ///
    /// @return the exit status
    static int run(List<String> arguments, PrintWriter out, PrintWriter err) {
        if (!arguments.isEmpty() && arguments.getFirst().equals("map")) {
            // Loading picocli takes longer than all else until the first item runs.
            return new MapCommand(arguments.subList(1, arguments.size()), out, err).call();
        }
        return commandLine().setOut(out).setErr(err).execute(arguments.toArray(String[]::new));
    }

    /// The whole command, with how it reports errors.
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(Main::badUsage)
                .setExecutionExceptionHandler(Main::failed);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "missing command, expected one of: map, listen, dial, proxy, put, take, set, get, watch, space, doctor");
    }

    private static int badUsage(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        String message = String.valueOf(exception.getMessage()).strip().replaceAll("\\R", "\\\\n");
        if (exception instanceof UnmatchedArgumentException unmatched) {
            List<String> candidates = new ArrayList<>(command.getSubcommands().keySet());
            candidates.addAll(command.getCommandSpec().optionsMap().keySet());
            message += DidYouMean.closest(unmatched.getUnmatched().getFirst(), candidates)
                    .map(meant -> ", did you mean " + meant + "?")
                    .orElse("");
        }
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + message + " (see " + name + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception exception, CommandLine command, ParseResult result) {
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        String message = exception.getMessage();
        err.println(name + ": " + (message == null ? exception.toString() : message));
        return CommandLine.ExitCode.SOFTWARE;
    }
}
