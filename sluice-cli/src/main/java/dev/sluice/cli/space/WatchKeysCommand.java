package dev.sluice.cli.space;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.io.StandardStreams;
import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Change;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Space;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice watch`: what changes in a namespace.
@Command(
        name = "watch",
        description = {
            "Prints the keys of a namespace, and then each that changes.",
            "",
            "A line is KEY, a tab and its value, or KEY alone when it has gone. The last",
            "state of each key is shown, and none that it had in between when it changes",
            "faster than this can print.",
            ""
        },
        footer = {
            "",
            "Status: 0 done; 1 nothing more within --wait, or failed; 2 bad usage.",
            "",
            "Examples:",
            "  sluice watch shm:photos/settings",
            "  sluice watch shm:photos/settings/quality -n 1"
        })
public final class WatchKeysCommand extends SpaceCommand {
    @Parameters(
            index = "0",
            paramLabel = "shm:SPACE/NAMESPACE[/KEY]",
            converter = KeyAddress.PrefixReader.class,
            description = "The space, its namespace, and what keys begin with.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private KeyAddress address;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "How many lines; until it is ended by default.")
    private long count = Long.MAX_VALUE;

    @Mixin
    private final Patience patience = new Patience();

    @Override
    int work() throws IOException {
        if (count < 1) {
            throw wrong("-n " + count + ": expected 1 or more");
        }
        Items.requireSpace(address.space());
        try (Space space = Space.open(address.space());
                Namespace.Watch watch = address.existing(space).watch(address.key())) {
            for (long i = 0; i < count; i++) {
                Optional<Change> change = next(watch);
                if (change.isEmpty()) {
                    return CommandLine.ExitCode.SOFTWARE;
                }
                String line = switch (change.get()) {
                    case Change.Put(Entry entry) -> entry.key() + "\t" + Items.text(entry.bytes());
                    case Change.Removed(String key) -> key;
                };
                StandardStreams.out().write((line + "\n").getBytes(UTF_8));
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private Optional<Change> next(Namespace.Watch watch) {
        return patience.await(watch::poll, Optional::isEmpty, () -> Optional.of(watch.next()));
    }
}
