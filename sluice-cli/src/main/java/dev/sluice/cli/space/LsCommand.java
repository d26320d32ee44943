package dev.sluice.cli.space;

import dev.sluice.internal.shm.Inspection;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sluice space ls`: the spaces, or the objects of one.
@Command(
        name = "ls",
        description = "Lists your spaces, or what is in one and who uses it.",
        footer = {"", "Examples:", "  sluice space ls", "  sluice space ls shm:photos"})
final class LsCommand extends SpaceCommand {
    @Parameters(arity = "0..1", paramLabel = "shm:SPACE", description = "The space.")
    private Optional<String> address = Optional.empty();

    @Override
    int work() throws IOException {
        if (address.isEmpty()) {
            Inspection.spaces().forEach(name -> out().println("shm:" + name));
        } else {
            Items.requireSpace(address.get());
            out().println(Table.header());
            Inspection.look(Items.shmName(address.get())).forEach(seen -> out().println(Table.row(seen)));
        }
        out().flush();
        return CommandLine.ExitCode.OK;
    }
}
