package dev.sluice.cli.map;

import java.io.File;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Finds a program before anything is started, so that a misspelt one is told once, not for each item.
final class ProgramSearch {
    private static final String DEFAULT_PATH = "/bin:/usr/bin"; // where the C library looks without a PATH

    /// What was found.
    enum Found {
        YES,
        NOT_EXECUTABLE,
        NO
    }

    private ProgramSearch() {}

    /// Looks for a program as the system does: a name with a slash is itself, another is in a directory of the
    /// path.
    ///
    /// @param path the variable `PATH`, null if it is not set
    static Found find(byte[] program, @Nullable String path) {
        String name = new String(program, StandardCharsets.UTF_8);
        if (name.indexOf('\uFFFD') >= 0) {
            return Found.YES; // a name that the JDK cannot look for: let the start tell
        }
        if (name.isEmpty()) {
            return Found.NO;
        }
        if (name.indexOf('/') >= 0) {
            return look(new File(name));
        }
        Found found = Found.NO;
        for (String directory : (path == null ? DEFAULT_PATH : path).split(":", -1)) {
            switch (look(new File(directory.isEmpty() ? "." : directory, name))) {
                case YES -> {
                    return Found.YES;
                }
                case NOT_EXECUTABLE -> found = Found.NOT_EXECUTABLE;
                case NO -> {}
            }
        }
        return found;
    }

    private static Found look(File file) {
        if (file.isFile()) {
            return file.canExecute() ? Found.YES : Found.NOT_EXECUTABLE;
        }
        return file.exists() ? Found.NOT_EXECUTABLE : Found.NO;
    }
}
