package dev.sluice.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Runs what short commands run, for the launcher: it records the classes that this loads into its start-up
/// cache.
@Command(name = "warm-up", hidden = true)
final class WarmUp implements Callable<Integer> {
    private static final List<String> COMMANDS = List.of(
            "--version",
            "--help",
            "doctor",
            "no-such-command",
            "map --help",
            "listen --help",
            "dial tcp:127.0.0.1",
            "space ls");
    private static final String MAP = "map --joblog /dev/null sh -c :";

    @Option(names = "--map", description = "Run map, too; it takes standard input.")
    private boolean map;

    @Override
    public Integer call() {
        COMMANDS.forEach(WarmUp::run);
        if (map) {
            run(MAP);
        }
        return CommandLine.ExitCode.OK;
    }

    private static void run(String command) {
        var nowhere = new PrintWriter(Writer.nullWriter());
        Main.run(List.of(command.split(" ", -1)), nowhere, nowhere);
    }
}
