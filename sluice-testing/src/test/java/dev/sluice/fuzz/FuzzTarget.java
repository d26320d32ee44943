package dev.sluice.fuzz;

import static java.time.Duration.ofSeconds;

import dev.sluice.Sluice;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Deadline;
import org.jspecify.annotations.Nullable;

/// What Jazzer calls, which finds these methods by their names: one parser, on one loop for all inputs.
///
/// Threads: Jazzer's.
public final class FuzzTarget {
    private static @Nullable Parser parser;
    private static @Nullable Loops loops;

    private FuzzTarget() {}

    /// Called once.
    ///
    /// @param arguments the name of the parser
    public static void fuzzerInitialize(String[] arguments) {
        parser = Parser.valueOf(arguments[0]);
        loops = Loops.open(LoopsConfig.defaults().withCount(1).withStallLimit(ofSeconds(20)));
    }

    /// Called for each input.
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        boolean ended = Sluice.callOn(
                loops.loop(0), "read", () -> Deadline.after(ofSeconds(30)).tryRun(() -> parser.read(input)));
        if (!ended) {
            throw new AssertionError("read by " + parser + ": not over after 30 s");
        }
    }

    /// Called at the end.
    public static void fuzzerTearDown() {
        loops.close();
    }

    /// A parser with a mistake behind a row of branches: to guess all of them at once takes years, one behind the
    /// other a moment. So it is found only if Jazzer sees the branches of our classes.
    public static final class Broken {
        private Broken() {}

        /// Called for each input.
        public static void fuzzerTestOneInput(byte[] input) {
            if (input.length == 6
                    && input[0] == 's'
                    && input[1] == 'l'
                    && input[2] == 'u'
                    && input[3] == 'i'
                    && input[4] == 'c'
                    && input[5] == 'e') {
                throw new IllegalStateException("the mistake");
            }
        }
    }
}
