package dev.sluice.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Runs what short commands run, for the launcher: it records the classes that this loads into its start-up cache.
@Command(name = "warm-up", hidden = true)
final class WarmUp implements Callable<Integer> {
    private static final List<String> COMMANDS =
            List.of("--version", "--help", "doctor", "no-such-command", "map --help", "map --joblog /dev/null sh -c :");

    @Override
    public Integer call() {
        for (String command : COMMANDS) {
            var nowhere = new PrintWriter(Writer.nullWriter());
            Main.run(List.of(command.split(" ", -1)), nowhere, nowhere);
        }
        return CommandLine.ExitCode.OK;
    }
}
