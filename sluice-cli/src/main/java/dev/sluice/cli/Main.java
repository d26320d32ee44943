package dev.sluice.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The entry of the `sluice` command.
@Command(name = "sluice", mixinStandardHelpOptions = true, versionProvider = Version.class)
final class Main implements Runnable {
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        new CommandLine(this).usage(System.out);
    }
}
