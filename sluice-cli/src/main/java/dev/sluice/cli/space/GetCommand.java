package dev.sluice.cli.space;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.io.StandardStreams;
import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Space;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice get`: the value of a key of a namespace, or all that begin so.
@Command(
        name = "get",
        description = {"Prints the value of a key of a namespace.", ""},
        footer = {
            "",
            "Status: 0 done; 1 no such key, or failed; 2 bad usage.",
            "",
            "Examples:",
            "  sluice get shm:photos/settings/quality",
            "  sluice get shm:photos/settings --list"
        })
public final class GetCommand extends SpaceCommand {
    @Parameters(
            index = "0",
            paramLabel = "shm:SPACE/NAMESPACE[/KEY]",
            converter = KeyAddress.PrefixReader.class,
            description = "The space, its namespace, and the key.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private KeyAddress address;

    @Option(
            names = {"-l", "--list"},
            description = "All keys that begin with KEY, each as KEY, a tab and its value.")
    private boolean list;

    @Override
    int work() throws IOException {
        if (!list && address.key().isEmpty()) {
            throw wrong(address + ": expected a KEY, or --list");
        }
        Items.requireSpace(address.space());
        try (Space space = Space.open(address.space())) {
            Namespace namespace = address.existing(space);
            if (list) {
                for (Entry entry : namespace.list(address.key())) {
                    print(entry.key() + "\t" + Items.text(entry.bytes()));
                }
                return CommandLine.ExitCode.OK;
            }
            List<Entry> found = namespace.get(address.key()).stream().toList();
            for (Entry entry : found) {
                print(Items.text(entry.bytes()));
            }
            if (found.isEmpty()) {
                say(address + ": no such key");
                return CommandLine.ExitCode.SOFTWARE;
            }
            return CommandLine.ExitCode.OK;
        }
    }

    private static void print(String line) throws IOException {
        StandardStreams.out().write((line + "\n").getBytes(UTF_8));
    }
}
