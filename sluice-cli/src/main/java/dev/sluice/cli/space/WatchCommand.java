package dev.sluice.cli.space;

import dev.sluice.Sluice;
import dev.sluice.internal.shm.Inspection;
import dev.sluice.internal.shm.Inspection.Seen;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice space watch`: what changes in a space.
@Command(
        name = "watch",
        description = {
            "Lists what is in a space, and then each object that has changed.",
            "",
            "It looks every second, so it may miss what was so in between. Ends with Ctrl-C.",
            ""
        },
        footer = {"", "Example:", "  sluice space watch shm:photos --every 200ms"})
final class WatchCommand extends SpaceCommand {
    @Parameters(index = "0", paramLabel = "shm:SPACE", description = "The space.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String address;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = Items.Wait.class,
            defaultValue = "1s",
            description = "How often to look, like 200ms or 2s; ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration every;

    @Override
    int work() throws IOException {
        if (every.isZero()) {
            throw wrong("--every 0: expected more than 0");
        }
        Items.requireSpace(address);
        out().println(Table.header());
        Map<String, String> rows = show(new HashMap<>());
        while (!out().checkError()) { // which flushes
            Sluice.sleep(every);
            Items.requireSpace(address); // somebody may have removed it
            rows = show(rows);
        }
        return BROKEN_PIPE;
    }

    /// @return the rows, by name
    private Map<String, String> show(Map<String, String> before) throws IOException {
        Map<String, String> now = new HashMap<>();
        for (Seen seen : Inspection.look(Items.shmName(address))) {
            String row = Table.row(seen);
            now.put(seen.name(), row);
            if (!row.equals(before.remove(seen.name()))) {
                out().println(row);
            }
        }
        before.keySet().forEach(gone -> out().println(gone + " removed"));
        return now;
    }
}
