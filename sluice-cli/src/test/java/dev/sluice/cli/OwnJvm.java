package dev.sluice.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command line in a JVM of its own, as a shell starts it.
public final class OwnJvm {
    private OwnJvm() {}

    /// The words that start it: `env` and what follows.
    public static List<String> words(String... arguments) {
        // Who runs tests in the background of a shell ignores signals, and so would everything started from
        // there.
        List<String> words = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT,TERM,PIPE",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.sluice.cli.Main"));
        words.addAll(List.of(arguments));
        return words;
    }
}
