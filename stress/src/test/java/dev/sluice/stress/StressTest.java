package dev.sluice.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.TestGrading;

/// The races of this module, all of whose outcomes are listed: those that are forbidden do not happen, except
/// in the protocols that were broken on purpose, in which the same harness has to see them.
///
/// `-Dstress.form=full` is what the profile `stress` runs; `-Dstress.models=Select` runs some.
class StressTest {
    private static final String BROKEN = "dev.sluice.stress.broken.";
    private static final int PATIENCE = 300; // more moments for a broken protocol, on a machine with much else to do

    private static List<TestResult> results = List.of();

    @BeforeAll
    static void run() throws Exception {
        boolean full = System.getProperty("stress.form", "short").equals("full");
        results = full ? Models.runFull(Path.of("target", "jcstress").toAbsolutePath()) : Models.runShort();
    }

    private static Set<String> broken(List<String> names) {
        return names.stream().filter(name -> name.startsWith(BROKEN)).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyModelRan() {
        assertThat(Models.names()).isNotEmpty();
        assertThat(results.stream().filter(result -> result.getTotalCount() > 0).map(TestResult::getName))
                .containsAll(Models.names());
    }

    /// In its full form jcstress leaves out, on a machine with two CPUs, what needs three.
    @Test
    void everyModelIsOfTwoThreads() {
        assertThat(Models.names()).allMatch(name -> Models.actors(name) == 2);
    }

    @Test
    void nothingForbiddenHappened() {
        List<String> failures = new ArrayList<>();
        for (TestResult result : results) {
            if (result.status() != Status.NORMAL) {
                failures.add(
                        result.getName() + ": " + result.status() + " " + result.getMessages() + result.getVmErr());
            } else if (!result.getName().startsWith(BROKEN)) {
                TestGrading.grade(result)
                        .failureMessages
                        .forEach(message -> failures.add(result.getName() + ": " + message));
            }
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void whatIsBrokenOnPurposeIsSeenToBreak() throws Exception {
        List<String> unseen = new ArrayList<>();
        for (String name : broken(Models.names())) {
            boolean seen = results.stream()
                    .filter(result -> result.getName().equals(name))
                    .anyMatch(StressTest::sawForbidden);
            for (int more = 0; more < PATIENCE && !seen; more++) {
                seen = sawForbidden(Models.runShort(name));
            }
            if (!seen) {
                unseen.add(name);
            }
        }
        assertThat(unseen)
                .as("broken protocols that nothing forbidden was seen of")
                .isEmpty();
    }

    private static boolean sawForbidden(TestResult result) {
        return TestGrading.grade(result).gradingResults.values().stream()
                .anyMatch(state -> state.expect == Expect.FORBIDDEN && state.count > 0);
    }
}
