package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.strand.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/// Tests that [SimulatedTest] has JUnit run; by their name they are not found as tests of the build.
class SimulatedSamples {
    /// The seeds that were run.
    static final List<Long> SEEDS = new ArrayList<>();

    private final List<String> before = new ArrayList<>();

    @BeforeEach
    void outside() {
        assertThat(Strand.current().loop()).isNull();
        before.add("each");
    }

    @Simulated(seeds = 5)
    void passing(Simulation simulation) {
        assertThat(before).containsExactly("each"); // a fresh instance for each seed
        assertThat(Simulation.current()).isSameAs(simulation);
        Sluice.sleep(Duration.ofDays(1));
        SEEDS.add(simulation.seed());
    }

    @Simulated(seeds = 5)
    void failing() {
        if (Simulation.current().seed() == 3) {
            throw new AssertionError("seed 3 is unlucky");
        }
    }
}
