package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// The annotation, as JUnit runs it.
@Tag("needs-opens")
class SimulatedTest {
    private static final List<String> PROPERTIES = List.of("sluice.seed", "sluice.seeds", "sluice.command");

    private final Map<String, String> before = new HashMap<>();

    @BeforeEach
    void withoutProperties() {
        for (String property : PROPERTIES) {
            String value = System.clearProperty(property);
            if (value != null) {
                before.put(property, value);
            }
        }
        SimulatedSamples.SEEDS.clear();
    }

    @AfterEach
    void restoreProperties() {
        PROPERTIES.forEach(System::clearProperty);
        before.forEach(System::setProperty);
    }

    private static TestExecutionSummary run(String method, Class<?>... parameters) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(SimulatedSamples.class, method, parameters))
                .build();
        var summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary);
        return summary.getSummary();
    }

    @Test
    void runsTheMethodOnceForEachSeed() {
        assertThat(run("passing", Simulation.class).getTestsSucceededCount()).isEqualTo(5);
        assertThat(SimulatedSamples.SEEDS).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void numberOfSeedsComesFromTheCommandLine() {
        System.setProperty("sluice.seeds", "12");
        assertThat(run("passing", Simulation.class).getTestsSucceededCount()).isEqualTo(12);
        System.setProperty("sluice.seeds", "none");
        assertThatThrownBy(() -> Seeds.of(1)).hasMessageContaining("sluice.seeds=none, expected a number");
    }

    @Test
    void oneSeedComesFromTheCommandLine() {
        System.setProperty("sluice.seed", "-17");
        assertThat(run("passing", Simulation.class).getTestsSucceededCount()).isOne();
        assertThat(SimulatedSamples.SEEDS).containsExactly(-17L);
    }

    @Test
    void failureNamesTheSeedAndTheCommand() {
        System.setProperty("sluice.command", "./build test");
        TestExecutionSummary summary = run("failing");
        assertThat(summary.getTestsSucceededCount()).isEqualTo(4);
        assertThat(summary.getFailures()).singleElement().satisfies(failure -> {
            assertThat(failure.getTestIdentifier().getDisplayName()).isEqualTo("seed 3");
            assertThat(failure.getException())
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("seed 3 is unlucky");
            assertThat(failure.getException().getSuppressed()[0])
                    .hasMessageContaining("Run it again: ./build test"
                            + " -Dtest='dev.sluice.testing.SimulatedSamples#failing' -Dsluice.seed=3");
        });
    }
}
