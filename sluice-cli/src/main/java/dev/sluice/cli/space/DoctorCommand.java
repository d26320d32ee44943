package dev.sluice.cli.space;

import dev.sluice.internal.shm.Inspection;
import dev.sluice.internal.shm.Inspection.Seen;
import dev.sluice.internal.shm.Inspection.User;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sluice space doctor`: what the dead have left, and what cannot be used.
@Command(
        name = "doctor",
        description = {
            "Says what processes that died have left in a space, and what cannot be used.",
            "",
            "What they left is released by the next who opens the object, or waits for it:",
            "nothing has to be done. Status 1 if something was found.",
            ""
        },
        footer = {"", "Example:", "  sluice space doctor shm:photos"})
final class DoctorCommand extends SpaceCommand {
    @Parameters(index = "0", paramLabel = "shm:SPACE", description = "The space.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String address;

    @Override
    int work() throws IOException {
        Items.requireSpace(address);
        int found = 0;
        for (Seen seen : Inspection.look(Items.shmName(address))) {
            if (!seen.isUsable()) {
                out().println(seen.name() + ": " + seen.state());
                out().println("  -> sluice space rm " + address + " " + seen.name());
                found++;
            }
            for (User user : seen.users().dead()) {
                out().println(seen.name() + ": " + user.program() + " " + user.process()
                        + " died with it open; what it held is released at the next use");
                found++;
            }
        }
        if (found == 0) {
            out().println(address + ": nothing left by the dead");
        }
        out().flush();
        return found == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
}
