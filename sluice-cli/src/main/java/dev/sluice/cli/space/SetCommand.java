package dev.sluice.cli.space;

import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Lifetime;
import dev.sluice.space.Space;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice set`: a value under a key of a namespace.
@Command(
        name = "set",
        description = {"Stores a value under a key of a namespace, which is made if nobody has.", ""},
        footer = {
            "",
            "Examples:",
            "  sluice set shm:photos/settings/quality 80",
            "  sluice set shm:photos/settings/paused yes --for 10m",
            "  sluice set shm:photos/settings/paused --remove"
        })
public final class SetCommand extends SpaceCommand {
    @Parameters(
            index = "0",
            paramLabel = "shm:SPACE/NAMESPACE/KEY",
            converter = KeyAddress.Reader.class,
            description = "The space, its namespace, and the key.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private KeyAddress address;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "Text.")
    private @Nullable String value;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Items.Wait.class,
            description = "How long it stays, like 500ms, 2s or 1h; until it is changed by default.")
    private @Nullable Duration time;

    @Option(names = "--remove", description = "Remove the key instead.")
    private boolean remove;

    @Override
    int work() {
        if (remove != (value == null) || remove && time != null) {
            throw wrong(address + ": expected a VALUE, or --remove alone");
        }
        if (remove) {
            Items.requireSpace(address.space());
        }
        try (Space space = Space.open(address.space())) {
            if (value == null) {
                boolean there = address.existing(space).remove(address.key());
                if (!there) {
                    say(address + ": no such key");
                }
                return there ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
            }
            Lifetime lifetime = time == null ? Lifetime.permanent() : Lifetime.expiring(time);
            Namespace namespace = address.of(space);
            namespace.put(address.key(), Items.encoded(value), lifetime);
        }
        return CommandLine.ExitCode.OK;
    }
}
