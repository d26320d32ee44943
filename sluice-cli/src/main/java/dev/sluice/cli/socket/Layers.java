package dev.sluice.cli.socket;

import dev.sluice.net.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The layers that stand on one connection.
///
/// @param levels from the transport to the top
record Layers(List<Level> levels) {
    private static final int TRANSPORT = 4;

    /// One of them.
    record Level(String name, int osi, Connection connection) {}

    /// Puts layers on a connection, which is aborted if one of them fails.
    static Layers over(Connection transport, List<LayerText> texts) throws IOException {
        List<Level> levels = new ArrayList<>();
        levels.add(new Level(transport.remote().network(), TRANSPORT, transport));
        try {
            for (LayerText text : texts) {
                Connection upper = text.over().over(levels.getLast().connection());
                levels.add(new Level(text.name(), text.osi(), upper));
            }
        } catch (IOException | RuntimeException failed) {
            transport.abort();
            throw failed;
        }
        return new Layers(levels);
    }

    /// The one to read from and write to.
    Connection top() {
        return levels.getLast().connection();
    }

    /// A table, the top first: the OSI number, the name, what was read and written, and what there is to say.
    String describe() {
        var table = new StringBuilder(
                String.format(Locale.ROOT, "%-4s%-8s%12s%12s  %s%n", "OSI", "layer", "in", "out", ""));
        for (Level level : levels.reversed()) {
            Connection.Statistics counts = level.connection().statistics();
            table.append(String.format(
                    Locale.ROOT,
                    "%-4d%-8s%12d%12d  %s%n",
                    level.osi(),
                    level.name(),
                    counts.bytesRead(),
                    counts.bytesWritten(),
                    LayerText.about(level.connection())));
        }
        return table.toString();
    }
}
