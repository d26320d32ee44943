package dev.sluice.cli.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which of the standard streams is a terminal.
///
/// By what the kernel says a descriptor is: the JDK only tells of standard input and output at once.
final class Terminals {
    private Terminals() {}

    /// @param descriptor 0, 1 or 2
    static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false; // a closed descriptor, or a system that does not tell
        }
    }
}
