package dev.sluice.guide;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.loop.Capabilities;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.loop.ShutdownReport;
import dev.sluice.observe.LoopStatistics;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoopsGuideTest {
    @Test
    void severalLoops() {
        List<String> names = new ArrayList<>();
        // tag::open
        try (Loops loops = Loops.open(LoopsConfig.defaults().withCount(2).withName("web"))) {
            for (Loop loop : loops.all()) {
                names.add(Sluice.callOn(loop, "hello", () -> Loop.current().name()));
            }
        }
        // end::open
        assertThat(names).containsExactly("web-0", "web-1");
    }

    // tag::confined
    static int count() {
        int[] counter = {0}; // shared by the tasks, and guarded by nothing
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < 1000; i++) {
                group.start("count " + i, () -> {
                    counter[0]++;
                    Sluice.yield();
                    counter[0]++;
                });
            }
            group.join();
        }
        return counter[0];
    }
    // end::confined

    @Test
    @Tag("needs-opens") // on the JDK's scheduler several coroutines run at the same time
    void coroutinesOfOneLoopShareFields() {
        assertThat(Sluice.<Integer, RuntimeException>call(LoopsGuideTest::count))
                .isEqualTo(2000);
    }

    @Test
    void eachThingMissingHasItsReason() {
        List<String> told = new ArrayList<>();
        // tag::capabilities
        Capabilities here = Loops.probe();
        for (Capabilities.Missing missing : here.missing()) {
            told.add(missing.feature() + ": " + missing.reason() + "; " + missing.cure());
        }
        // end::capabilities
        assertThat(told).allSatisfy(line -> assertThat(line).doesNotContain("null"));
        boolean flagMissing =
                told.stream().anyMatch(line -> line.contains("--add-opens java.base/java.lang=ALL-UNNAMED"));
        assertThat(flagMissing).isEqualTo(!here.confined());
    }

    @Test
    @Tag("needs-opens") // the watch sees coroutines that run on the loop
    void stallNamesItsTask() {
        List<Report> received = new CopyOnWriteArrayList<>();
        // tag::reports
        Consumer<Report> before = Reports.handler(received::add);
        // end::reports
        try {
            Sluice.run(() -> {
                try (var group = TaskGroup.open()) {
                    group.start("greedy", () -> {
                        while (stallOf("main/greedy", received).isEmpty()) {
                            Thread.onSpinWait();
                        }
                    });
                    group.join();
                }
            });
        } finally {
            Reports.handler(before);
        }
        Report.Stall stall = stallOf("main/greedy", received).orElseThrow();
        assertThat(stall.cause()).isEqualTo(Report.Cause.CPU);
        assertThat(stall.held()).isGreaterThanOrEqualTo(ofMillis(100));
        assertThat(stall.describe())
                .contains(
                        "loop sluice-0 held by main/greedy for ",
                        "(it computes, or the system gave its loop no processor)");
    }

    /// Others may stall on a busy machine as well.
    private static Optional<Report.Stall> stallOf(String task, List<Report> received) {
        for (Report report : received) {
            if (report instanceof Report.Stall stall && stall.task().equals(task)) {
                return Optional.of(stall);
            }
        }
        return Optional.empty();
    }

    @Test
    void statisticsAreARecord() {
        LoopStatistics reading = Sluice.call(() -> {
            Sluice.sleep(ofMillis(1));
            // tag::statistics
            LoopStatistics now = Loop.current().statistics();
            // end::statistics
            return now;
        });
        assertThat(reading.index()).isZero();
        assertThat(reading.totals().received()).isPositive(); // at the least what started the main body, or its sleep
    }

    @Test
    void closeDrainsThenCancelsThenNames() throws Exception {
        var started = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        // tag::close
        Loops loops = Loops.open();
        loops.loop(0).execute(() -> {
            started.countDown();
            try {
                Sluice.sleep(ofSeconds(60));
            } catch (CancelledException cancelled) {
                ended.countDown(); // shutdown (close)
                throw cancelled;
            }
        });
        started.await();
        ShutdownReport report = loops.close(ofSeconds(1));
        // end::close
        assertThat(report.drained()).isFalse();
        assertThat(report.clean()).isTrue();
        assertThat(ended.getCount()).isZero();
        assertThatThrownBy(() -> loops.loop(0).execute(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("have been closed");
    }

    @Test
    @Tag("needs-opens") // without it there is no loop under a thread that the JDK starts
    void threadThatACoroutineStartsIsOnItsLoop() throws Exception {
        Loop[] seen = new Loop[2];
        Sluice.run(() -> {
            seen[0] = Loop.current();
            var done = new CountDownLatch(1);
            Thread.ofVirtual().start(() -> {
                seen[1] = Loop.current();
                done.countDown();
            });
            done.await();
        });
        assertThat(seen[1]).isSameAs(seen[0]);
    }
}
