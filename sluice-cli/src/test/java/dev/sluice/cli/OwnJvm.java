package dev.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/// The command line in a JVM of its own, as a shell starts it.
public final class OwnJvm {
    private static final List<String> FLAGS = List.of(
            "-ea",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Djdk.trackAllThreads=false");

    private OwnJvm() {}

    /// The words that start it with a main class: `env` and what follows.
    ///
    /// @param opens whether loops get what they schedule best with; without, they fall back
    /// @param more flags of the JVM
    public static List<String> words(boolean opens, List<String> more) {
        // Who runs tests in the background of a shell ignores signals, and so would everything started from
        // there.
        List<String> words = new ArrayList<>(List.of("env", "--default-signal=INT,TERM,HUP,PIPE"));
        List<String> java = PreparedClasses.java(flags(opens));
        words.add(java.getFirst());
        words.addAll(more);
        words.addAll(java.subList(1, java.size()));
        return words;
    }

    private static List<String> flags(boolean opens) {
        List<String> flags = new ArrayList<>(FLAGS);
        if (opens) {
            flags.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        }
        return flags;
    }

    /// The words that run a command of `sluice`.
    public static List<String> words(String... arguments) {
        List<String> words = words(true, List.of());
        words.add(Main.class.getName());
        words.addAll(List.of(arguments));
        return words;
    }
}
