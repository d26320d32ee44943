package dev.sluice.io;

import dev.sluice.Sluice;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.process.Command;
import dev.sluice.process.Output;
import java.io.IOException;

/// Copies its standard input to its standard output, in a JVM of its own, and says on standard error how that
/// ended.
final class CopyProgram {
    private CopyProgram() {}

    public static void main(String... arguments) throws Exception {
        Sluice.run(TestLoops.config().withBackend(Backend.valueOf(arguments[0])), () -> {
            String end = copy();
            // A child in between uses the same streams.
            Command.of("echo", "child").stdout(Output.inherited()).run();
            StandardStreams.err().write((end + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        });
    }

    private static String copy() throws IOException {
        try {
            return "copied " + StandardStreams.in().transferTo(StandardStreams.out());
        } catch (StreamException failed) {
            if (!failed.isBrokenPipe()) {
                throw failed;
            }
            return String.valueOf(failed.getMessage());
        }
    }
}
