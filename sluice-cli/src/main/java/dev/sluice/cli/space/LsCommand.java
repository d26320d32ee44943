package dev.sluice.cli.space;

import dev.sluice.internal.shm.Inspection;
import dev.sluice.internal.shm.Inspection.Seen;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sluice space ls`: the spaces, or the objects of one.
@Command(
        name = "ls",
        description = "Lists your spaces, or what is in one and who uses it.",
        footer = {"", "Examples:", "  sluice space ls", "  sluice space ls shm:photos"})
final class LsCommand extends SpaceCommand {
    private static final String ROW = "%-24s %-11s %9s  %-28s %s%n";

    @Parameters(arity = "0..1", paramLabel = "shm:SPACE", description = "The space.")
    private Optional<String> address = Optional.empty();

    @Override
    int run() throws IOException {
        if (address.isEmpty()) {
            Inspection.spaces().forEach(name -> out().println("shm:" + name));
        } else {
            Items.requireSpace(address.get());
            out().printf(ROW, "NAME", "KIND", "BYTES", "USED BY", "STATE");
            for (Seen seen : Inspection.look(Items.shmName(address.get()))) {
                String kind = seen.isUsable() ? seen.kind() : "unusable";
                out().printf(ROW, seen.name(), kind, bytes(seen.bytes()), users(seen), seen.state());
            }
        }
        out().flush();
        return CommandLine.ExitCode.OK;
    }

    private static String bytes(long bytes) {
        return bytes < 10_000
                ? Long.toString(bytes)
                : bytes < 10_000_000 ? bytes / 1000 + "k" : bytes / 1_000_000 + "M";
    }

    private static String users(Seen seen) {
        String living = seen.users().living().stream()
                .map(user -> user.program() + " " + user.process())
                .collect(Collectors.joining(", "));
        int dead = seen.users().dead().size();
        if (dead > 0) {
            return (living.isEmpty() ? "" : living + ", ") + dead + " dead";
        }
        return living.isEmpty() ? "-" : living;
    }
}
