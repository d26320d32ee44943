package dev.sluice.task;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.loop.Loop;
import dev.sluice.testing.Cancellations;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every operation of tasks, cancelled at each of its suspensions: nothing is lost, nothing stays behind, and
/// what was cancelled can be used again. That no task and no timer is left is what every simulation checks.
@Tag("needs-opens")
class CancelEverywhereTest {
    /// Whoever was cancelled is well again.
    private static void assertRecovered() {
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(CancelScope.currentReason()).isEmpty();
        Sluice.sleep(ofMillis(1));
    }

    private static void cancelEverywhere(Action<Exception> work) throws Exception {
        int cancelled = Cancellations.atEverySuspension(Object::new, state -> work.run(), state -> assertRecovered());
        assertThat(cancelled).isPositive();
    }

    @Test
    void sleepAndYield() throws Exception {
        cancelEverywhere(() -> {
            Sluice.sleep(ofSeconds(1));
            Sluice.yield();
            CancelScope.checkpoint();
        });
    }

    @Test
    void group() throws Exception {
        cancelEverywhere(() -> {
            try (var group = TaskGroup.open()) {
                group.start("a", () -> Sluice.sleep(ofSeconds(1)));
                group.start("b", () -> {
                    try (var inner = TaskGroup.open()) {
                        inner.start("c", Sluice::yield);
                        inner.start("d", () -> Sluice.sleep(ofSeconds(2)));
                        inner.join();
                    }
                });
                group.join();
            }
        });
    }

    @Test
    void groupWhoseTaskFailsAtTheSameTime() throws Exception {
        cancelEverywhere(() -> {
            try (var group = TaskGroup.open()) {
                group.start("failing", () -> {
                    Sluice.sleep(ofSeconds(1));
                    throw new IOException("expected");
                });
                group.start("other", () -> Sluice.sleep(ofSeconds(1)));
                group.join();
            } catch (TaskFailedException expected) {
                Sluice.yield();
            } catch (CancelledException cancelled) {
                // The cancellation was first, but the task failed all the same: both are told. Thrown on as it is,
                // it would be reported, as nobody would have taken note of the failure.
                assertThat(cancelled.getSuppressed())
                        .hasSizeLessThan(2)
                        .allSatisfy(failure -> assertThat(failure).hasRootCauseMessage("expected"));
                CancelScope.checkpoint();
            }
        });
    }

    @Test
    void groupLeftByAnExceptionBeforeItIsJoined() throws Exception {
        cancelEverywhere(() -> {
            try (var group = TaskGroup.open()) {
                group.start("a", () -> Sluice.sleep(ofSeconds(1)));
                Sluice.yield();
                throw new IOException("expected");
            } catch (IOException expected) {
                Sluice.yield();
            }
        });
    }

    @Test
    void completions() throws Exception {
        cancelEverywhere(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<Integer>collectAll())) {
                for (int i = 0; i < 3; i++) {
                    int number = i;
                    group.start("t" + i, () -> {
                        Sluice.sleep(ofMillis(number));
                        return number;
                    });
                }
                int sum = 0;
                for (Task<Integer> task : group.completions()) {
                    sum += task.get();
                }
                assertThat(sum).isEqualTo(3);
                group.join();
            }
        });
    }

    /// A promise, and who got its value.
    private static final class Answer {
        final Promise<Integer> promise = new Promise<>("answer");
        final List<Integer> got = new ArrayList<>();
    }

    @Test
    void promiseStaysUsable() throws Exception {
        Cancellations.atEverySuspension(
                Answer::new,
                answer -> {
                    try (var group = TaskGroup.open()) {
                        group.start("waiting", () -> answer.got.add(answer.promise.await()));
                        Sluice.sleep(ofSeconds(1));
                        answer.promise.complete(42);
                        group.join();
                    }
                },
                answer -> {
                    assertRecovered();
                    answer.promise.complete(42);
                    assertThat(answer.promise.await()).isEqualTo(42);
                    assertThat(answer.got).hasSizeLessThanOrEqualTo(1);
                });
    }

    @Test
    void promiseAwaitedByOthersToo() throws Exception {
        Cancellations.atEverySuspension(
                CancelEverywhereTest::answerInASecond,
                answer -> assertThat(answer.promise.await()).isEqualTo(42),
                answer -> {
                    assertRecovered();
                    try (var group = TaskGroup.open()) {
                        for (int i = 0; i < 3; i++) {
                            group.start("waiting", () -> answer.got.add(answer.promise.await()));
                        }
                        group.join();
                    }
                    assertThat(answer.got).containsExactly(42, 42, 42);
                });
    }

    /// Completed by somebody who is not cancelled.
    private static Answer answerInASecond() {
        var answer = new Answer();
        Loop.current().execute(() -> {
            Sluice.sleep(ofSeconds(1));
            answer.promise.complete(42);
        });
        return answer;
    }

    @Test
    void stageOfTheJdk() throws Exception {
        cancelEverywhere(() -> {
            var future = new CompletableFuture<Integer>();
            try (var group = TaskGroup.open()) {
                group.start("completer", () -> {
                    Sluice.yield();
                    future.complete(1);
                });
                Integer value = Sluice.await(future);
                assertThat(value).isEqualTo(1);
                group.join();
            }
        });
    }

    @Test
    void taskThatIsAwaitedByAnother() throws Exception {
        cancelEverywhere(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<Object>collectAll())) {
                Task<Integer> first = group.start("first", () -> {
                    Sluice.sleep(ofSeconds(1));
                    return 1;
                });
                group.start("second", () -> first.get() + 1);
                group.join();
            }
        });
    }

    @Test
    void deadlines() throws Exception {
        cancelEverywhere(() -> {
            boolean whole = Deadline.after(ofSeconds(2))
                    .tryRun(() -> Deadline.after(ofSeconds(1)).tryRun(() -> Sluice.sleep(ofSeconds(5))));
            assertThat(whole).isTrue();
            Deadline.after(ofSeconds(2)).run(() -> Sluice.sleep(ofSeconds(1)));
        });
    }

    @Test
    void retries() throws Exception {
        cancelEverywhere(() -> {
            int[] tries = {0};
            Retry.attempts(3).run(() -> {
                Sluice.yield();
                if (++tries[0] < 3) {
                    throw new IOException("attempt " + tries[0]);
                }
            });
        });
    }

    @Test
    void offload() throws Exception {
        cancelEverywhere(() -> Sluice.offload(() -> Sluice.sleep(ofSeconds(1))));
    }

    @Test
    void localsAreUnbound() throws Exception {
        TaskLocal<String> local = new TaskLocal<>("local");
        Cancellations.atEverySuspension(
                Object::new,
                state -> local.run("outer", () -> {
                    Sluice.yield();
                    local.run("inner", Sluice::yield);
                }),
                state -> assertThat(local.find()).isEmpty());
    }

    @Test
    void shieldsRunToTheirEnd() throws Exception {
        Cancellations.atEverySuspension(
                () -> new ArrayDeque<String>(),
                steps -> {
                    steps.add("opened");
                    try {
                        Sluice.sleep(ofSeconds(1));
                    } finally {
                        CancelScope.shield(() -> {
                            Sluice.sleep(ofSeconds(1));
                            steps.add("closed");
                        });
                    }
                },
                steps -> {
                    assertRecovered();
                    assertThat(steps).containsExactly("opened", "closed");
                });
    }

    /// What suspends in the JDK is interrupted, and the interrupt does not stay.
    @Test
    void waitsOfTheJdk() throws Exception {
        Cancellations.atEverySuspension(
                () -> new LinkedBlockingQueue<Integer>(),
                queue -> {
                    try (var group = TaskGroup.open()) {
                        group.start("taking", () -> assertThat(queue.take()).isEqualTo(1));
                        Sluice.yield();
                        queue.put(1);
                        group.join();
                    }
                },
                queue -> {
                    assertRecovered();
                    queue.put(2);
                    assertThat(queue.take()).isPositive();
                });
    }

    @Test
    void locksOfTheJdkAreReleased() throws Exception {
        Cancellations.atEverySuspension(
                ReentrantLock::new,
                lock -> {
                    try (var group = TaskGroup.open()) {
                        for (int i = 0; i < 3; i++) {
                            group.start("t" + i, () -> {
                                lock.lockInterruptibly();
                                try {
                                    Sluice.sleep(ofMillis(1));
                                } finally {
                                    lock.unlock();
                                }
                            });
                        }
                        group.join();
                    }
                },
                lock -> {
                    assertRecovered();
                    assertThat(lock.isLocked()).isFalse();
                });
    }

    /// A cancelled group ends as cancelled, whatever its tasks were about to do.
    @Test
    void cancelledGroupDoesNotPretendToHaveSucceeded() throws Exception {
        Cancellations.atEverySuspension(
                () -> new ArrayList<Integer>(),
                results -> {
                    try (var group = TaskGroup.open(JoinPolicy.<Integer>allSuccessful())) {
                        for (int i = 0; i < 3; i++) {
                            int number = i;
                            group.start("t" + i, () -> {
                                Sluice.sleep(ofMillis(number));
                                return number;
                            });
                        }
                        results.addAll(group.join());
                    }
                },
                results -> {
                    assertRecovered();
                    assertThat(results).isIn(List.of(), List.of(0, 1, 2));
                });
    }

    @Test
    void failureIsNotTakenForTheCancellation() {
        assertThatThrownBy(() -> cancelEverywhere(() -> {
                    Sluice.yield();
                    throw new IOException("own");
                }))
                .isInstanceOf(IOException.class);
    }
}
