package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.testng.ITestListener;
import org.testng.ITestResult;
import org.testng.TestNG;

/// The Technology Compatibility Kit of reactive streams: each of its rules as a test of ours.
///
/// The kit is written for TestNG; it is run here once for each role, and its results are shown one by one. What
/// it skips is what it calls optional or untested, and is named below, so that nothing is skipped unseen.
class ReactiveStreamsTest {
    /// What the kit itself has no test for, and skips.
    private static final String NOT_TESTED = "untested_";

    /// A publisher of ours serves one subscriber; to serve several is optional.
    private static final Set<String> SEVERAL_SUBSCRIBERS = Set.of(
            "optional_spec111_maySupportMultiSubscribe",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfront",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfrontAndCompleteAsExpected",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingOneByOne",
            "optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals");

    @TestFactory
    Stream<DynamicTest> publisher() {
        return rules(TckPublisher.class, 26, SEVERAL_SUBSCRIBERS);
    }

    @TestFactory
    Stream<DynamicTest> subscriberFromOutside() {
        return rules(TckBlackbox.class, 11, Set.of());
    }

    @TestFactory
    Stream<DynamicTest> subscriberWithAProbe() {
        return rules(TckWhitebox.class, 14, Set.of());
    }

    private static Stream<DynamicTest> rules(Class<?> kit, int count, Set<String> optional) {
        var results = new Results();
        var testng = new TestNG(false);
        testng.setVerbose(0);
        testng.setTestClasses(new Class<?>[] {kit});
        testng.addListener(results);
        testng.run();
        List<DynamicTest> tests = new ArrayList<>();
        for (ITestResult result : results.ended) {
            tests.add(DynamicTest.dynamicTest(result.getName(), () -> {
                if (result.getThrowable() != null) {
                    throw result.getThrowable();
                }
            }));
        }
        tests.add(DynamicTest.dynamicTest("skips only what is optional", () -> {
            assertThat(results.skipped).isEqualTo(new TreeSet<>(optional));
            assertThat(results.ended).hasSize(count);
        }));
        return tests.stream();
    }

    private static final class Results implements ITestListener {
        final List<ITestResult> ended = new ArrayList<>();
        final Set<String> skipped = new TreeSet<>();

        @Override
        public void onTestSuccess(ITestResult result) {
            ended.add(result);
        }

        @Override
        public void onTestFailure(ITestResult result) {
            ended.add(result);
        }

        @Override
        public void onTestSkipped(ITestResult result) {
            if (!result.getName().startsWith(NOT_TESTED)) {
                skipped.add(result.getName());
            }
        }
    }
}
