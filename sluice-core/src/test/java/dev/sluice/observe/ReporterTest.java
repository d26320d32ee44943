package dev.sluice.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.testkit.Patience;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ReporterTest {
    private final Reporter reporter = new Reporter();

    @Test
    void aHandlerThatBlocksCostsReportsAndNoThreads() throws Exception {
        var blocked = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        Set<Thread> threads = new HashSet<>(); // the handlers, then the test
        List<Report> got = new ArrayList<>(); // the handlers, then the test
        reporter.publish(
                _ -> {
                    threads.add(Thread.currentThread());
                    blocked.countDown();
                    await(go);
                },
                report(-1));
        Patience.await(blocked, "the handler blocks");
        var last = new CountDownLatch(Reporter.CAPACITY);
        for (int i = 0; i < Reporter.CAPACITY + 100; i++) {
            reporter.publish(
                    report -> {
                        threads.add(Thread.currentThread());
                        got.add(report);
                        last.countDown();
                    },
                    report(i));
        }
        assertThat(reporter.dropped()).isEqualTo(100);
        go.countDown();
        Patience.await(last, "what waited is handed over");
        assertThat(threads).hasSize(1);
        assertThat(got.getFirst()).isEqualTo(report(0));
        assertThat(got.getLast()).as("the oldest are kept").isEqualTo(report(Reporter.CAPACITY - 1));
    }

    @Test
    void aHandlerThatFailsCostsNothing() throws Exception {
        var second = new CompletableFuture<Report>();
        reporter.publish(
                _ -> {
                    throw new IllegalStateException("thrown by the test");
                },
                report(1));
        reporter.publish(second::complete, report(2));
        assertThat(Patience.get(second)).isEqualTo(report(2));
    }

    private static Report report(int number) {
        return new Report.IgnoredCancel("group " + number, "of the test", List.of());
    }

    private static void await(CountDownLatch latch) {
        try {
            Patience.await(latch, "the test lets it go on");
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
