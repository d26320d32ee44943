package dev.sluice.guide;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.internal.access.Engines;
import dev.sluice.loop.Loop;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.Retry;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.task.TaskLocal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancellationGuideTest {
    /// A blocking call of the JDK's, which an interrupt ends.
    private static void blockForEver() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    @Test
    void cancellationIsAState() {
        List<String> seen = new ArrayList<>();
        Sluice.run(() -> {
            // tag::level
            boolean whole = CancelScope.run(scope -> {
                scope.cancel("enough");
                for (int i = 1; i <= 3; i++) {
                    try {
                        Sluice.yield();
                    } catch (CancelledException cancelled) {
                        seen.add(i + ": " + cancelled.reason().describe()); // swallowed, and back at the next wait
                    }
                }
                Sluice.yield(); // ends the scope
            });
            // end::level
            assertThat(whole).isFalse();
            Sluice.yield(); // outside nothing is cancelled
        });
        assertThat(seen)
                .containsExactly("1: enough (asked by main)", "2: enough (asked by main)", "3: enough (asked by main)");
    }

    @Test
    void blockingCallOfTheJdkGetsOneInterrupt() {
        List<String> seen = new ArrayList<>();
        Sluice.run(() -> {
            boolean whole = CancelScope.run(scope -> {
                scope.cancel("enough");
                try {
                    blockForEver();
                } catch (InterruptedException interrupted) {
                    seen.add("interrupted");
                }
                seen.add("pending: " + Thread.currentThread().isInterrupted());
                Sluice.yield();
            });
            seen.add("whole: " + whole);
        });
        assertThat(seen).containsExactly("interrupted", "pending: false", "whole: false");
    }

    @Test
    void cancelledWaitLeavesTheInterruptPendingForTheNextBlockingCall() {
        List<String> seen = new ArrayList<>();
        Sluice.run(() -> CancelScope.run(scope -> {
            scope.cancel("enough");
            for (int i = 1; i <= 2; i++) {
                try {
                    Sluice.yield();
                } catch (CancelledException cancelled) {
                    seen.add("cancelled");
                }
                try {
                    blockForEver();
                } catch (InterruptedException interrupted) {
                    seen.add("interrupted");
                }
            }
        }));
        assertThat(seen).containsExactly("cancelled", "interrupted", "cancelled", "interrupted");
    }

    @Test
    void interruptThatWasNotReceivedIsTakenBackWithTheScope() {
        boolean[] pending = new boolean[2];
        Sluice.run(() -> {
            CancelScope.run(scope -> {
                scope.cancel("enough");
                pending[0] = Thread.currentThread().isInterrupted();
            });
            pending[1] = Thread.currentThread().isInterrupted();
        });
        assertThat(pending).containsExactly(true, false);
    }

    private static void flush(List<String> done) {
        Sluice.sleep(ofMillis(1));
        done.add("flushed");
    }

    @Test
    void cleanUpBehindAShieldMayWait() {
        List<String> done = new ArrayList<>();
        Sluice.run(() -> {
            boolean inTime = Deadline.after(ofMillis(50)).tryRun(() -> {
                // tag::shield
                try {
                    Sluice.sleep(ofSeconds(60));
                } finally {
                    CancelScope.shield(() -> Deadline.after(ofSeconds(30)).run(() -> flush(done)));
                }
                // end::shield
            });
            done.add("in time: " + inTime);
        });
        assertThat(done).containsExactly("flushed", "in time: false");
    }

    private static long sum(long n) {
        // tag::checkpoint
        long sum = 0;
        for (long i = 0; i < n; i++) {
            sum += i;
            if (i % 100_000 == 0) {
                CancelScope.checkpoint();
            }
        }
        return sum;
        // end::checkpoint
    }

    @Test
    void checkpointEndsAComputation() {
        assertThat(sum(4)).isEqualTo(6);
        Sluice.run(() -> {
            boolean done = Deadline.after(ofMillis(50)).tryRun(() -> Sluice.offload(() -> sum(Long.MAX_VALUE)));
            assertThat(done).isFalse();
        });
    }

    private static String read(String what) throws IOException {
        if (what.isEmpty()) {
            throw new IOException("nothing to read");
        }
        return what;
    }

    @Test
    void deadlineBoundsSeveralSteps() throws Exception {
        Sluice.run(() -> {
            // tag::deadline
            Deadline request = Deadline.after(ofSeconds(2)).named("request");
            String header = request.call(() -> read("header"));
            String body = request.call(() -> read("body")); // of the same two seconds
            // end::deadline
            assertThat(header + body).isEqualTo("headerbody");
            request.run(() -> assertThat(Deadline.remainingHere())
                    .hasValueSatisfying(left -> assertThat(left).isLessThanOrEqualTo(ofSeconds(2))));
        });
    }

    @Test
    void taskSeesTheDeadlineOfItsStarter() {
        assertThatThrownBy(() -> Sluice.run(() -> {
                    // tag::ambient
                    Deadline.after(ofMillis(50)).named("both").run(() -> {
                        try (var group = TaskGroup.open()) {
                            group.start("a", () -> Sluice.sleep(ofSeconds(60)));
                            group.start("b", () -> Sluice.offload(() -> blockForEver()));
                            group.join();
                        }
                    });
                    // end::ambient
                }))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessage("deadline of 50 ms passed: both");
    }

    @Test
    void retryGivesUpWithAllFailures() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Sluice.run(() -> {
            // tag::retry
            Retry gently = Retry.attempts(5).backoff(ofMillis(1), ofMillis(20)).on(IOException.class);
            String answer = gently.call(() -> {
                if (calls.incrementAndGet() < 3) {
                    throw new IOException("connection refused");
                }
                return "answer";
            });
            // end::retry
            assertThat(answer).isEqualTo("answer");
            assertThatThrownBy(() -> gently.call(() -> read("")))
                    .isInstanceOf(IOException.class)
                    .satisfies(last -> assertThat(last.getSuppressed()).hasSize(4));
        });
        assertThat(calls).hasValue(3);
    }

    @Test
    void promiseIsKeptByAnyThread() {
        String value = Sluice.call(() -> {
            // tag::promise
            Promise<String> answer = new Promise<>("answer");
            Thread.ofPlatform().start(() -> answer.complete("42")); // a callback of another library
            return answer.await();
            // end::promise
        });
        assertThat(value).isEqualTo("42");
    }

    // tag::local
    static final TaskLocal<String> USER = new TaskLocal<>("user");

    static List<String> whoIsAsking() {
        return USER.call("ada", () -> {
            try (var group = TaskGroup.open()) {
                Task<String> inTask = group.start("query", () -> USER.get());
                Task<String> offloaded = group.start("report", () -> Sluice.offload(() -> USER.get()));
                group.join();
                return List.of(inTask.get(), offloaded.get());
            }
        });
    }
    // end::local

    @Test
    void taskLocalFollowsATask() {
        Sluice.run(() -> {
            assertThat(whoIsAsking()).containsExactly("ada", "ada");
            assertThat(USER.find()).isEmpty();
        });
    }

    static final ScopedValue<String> TENANT = ScopedValue.newInstance();

    @Test
    @Tag("needs-opens") // without it the JDK lets nobody hand on the scoped values of a thread
    void scopedValueFollowsATask() throws Exception {
        List<String> seen = new ArrayList<>();
        Sluice.run(() -> ScopedValue.where(TENANT, "acme").run(() -> {
            try (var group = TaskGroup.open()) {
                group.start("a", () -> seen.add(TENANT.get()));
                group.start("b", () -> Sluice.offload(() -> seen.add(TENANT.get())));
                group.join();
            }
        }));
        assertThat(seen).containsExactly("acme", "acme");
    }

    @Test
    void offloadedWorkLeavesTheLoop() throws Exception {
        Sluice.run(() -> {
            // tag::offload
            String text = Sluice.offload(() -> read("a file, a database, a native library"));
            // end::offload
            assertThat(text).startsWith("a file");
            boolean onLoop = Sluice.offload(() -> Engines.of(Loop.current()).onLoop());
            assertThat(onLoop).isFalse();
        });
    }
}
