package dev.sluice.fuzz;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Deadline;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Parsers get what they accept, with mistakes in it: they end, and refuse it by an error of their own kind.
/// A failure shows the input, to be kept in [Seeds]. [CoverageGuided] looks for inputs that get further.
/// `-Dsluice.seed=N` repeats a run, `-Dsluice.inputs=N` has
/// more inputs, as the profile `stress` does.
class FuzzTest {
    private static final long SEED = Long.getLong("sluice.seed", System.nanoTime());
    private static final int INPUTS = Integer.getInteger("sluice.inputs", 150);

    @ParameterizedTest
    @EnumSource
    void whateverComesIsReadOrRefused(Parser parser) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withCount(1).withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> {
            List<byte[]> seeds = Seeds.of(parser);
            for (byte[] seed : seeds) {
                read(parser, seed);
            }
            var mutations = new Mutations(seeds, new SplittableRandom(SEED));
            for (int i = 0; i < INPUTS; i++) {
                read(parser, mutations.next());
            }
        });
    }

    private static void read(Parser parser, byte[] input) {
        try {
            boolean ended = Deadline.after(ofSeconds(30)).tryRun(() -> parser.read(input));
            assertThat(ended).as("it ended within 30 s").isTrue();
        } catch (Throwable defect) {
            throw new AssertionError(
                    "read by " + parser + ", -Dsluice.seed=" + SEED + ": "
                            + HexFormat.of().formatHex(input),
                    defect);
        }
    }
}
