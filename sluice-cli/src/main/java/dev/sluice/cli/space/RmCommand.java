package dev.sluice.cli.space;

import dev.sluice.internal.shm.Inspection;
import dev.sluice.internal.shm.Inspection.Seen;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice space rm`: takes objects away, or a space.
@Command(
        name = "rm",
        description = {
            "Removes objects of a space, or all of it, with what was put in.",
            "",
            "What a living process uses is refused without --force. With it, the process",
            "goes on with what it has, apart from who opens the name later.",
            ""
        },
        footer = {"", "Examples:", "  sluice space rm shm:photos jobs", "  sluice space rm shm:photos"})
final class RmCommand extends SpaceCommand {
    @Parameters(index = "0", paramLabel = "shm:SPACE", description = "The space.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String address;

    @Parameters(index = "1..*", paramLabel = "OBJECT", description = "What to remove; all by default.")
    private List<String> objects = new ArrayList<>();

    @Option(names = "--force", description = "Remove what is in use, too.")
    private boolean force;

    @Override
    int work() throws IOException {
        Items.requireSpace(address);
        String name = Items.shmName(address);
        if (!force) {
            for (Seen seen : Inspection.look(name)) {
                if (objects.isEmpty() || objects.contains(seen.name())) {
                    requireUnused(seen);
                }
            }
        }
        if (objects.isEmpty()) {
            Inspection.remove(name);
            return CommandLine.ExitCode.OK;
        }
        boolean all = true;
        try (Space space = Space.open(address)) {
            for (String object : objects) {
                if (!space.remove(object)) {
                    say(address + "/" + object + ": no such object");
                    all = false;
                }
            }
        }
        return all ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private void requireUnused(Seen seen) {
        if (!seen.users().living().isEmpty()) {
            Inspection.User user = seen.users().living().getFirst();
            throw new SpaceException(
                    Problem.BUSY,
                    address + "/" + seen.name() + ": used by " + user.program() + " " + user.process()
                            + ", expected nobody (--force removes it all the same)");
        }
    }
}
