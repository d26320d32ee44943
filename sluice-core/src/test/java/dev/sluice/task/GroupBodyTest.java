package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.TestLoops;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `TaskGroup.run` and `call`: what comes out of them.
@ExtendWith(Leaks.class)
class GroupBodyTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void theResultOfTheBodyWhenAllTasksHaveEnded() throws Exception {
        TestLoops.run(() -> {
            var task = new AtomicReference<Task<Integer>>();
            int result = TaskGroup.call(group -> {
                task.set(group.start("a", () -> {
                    Sluice.sleep(Duration.ofMillis(1));
                    return 1;
                }));
                return 2;
            });
            assertThat(result).isEqualTo(2);
            assertThat(task.get().outcome()).isEqualTo(new Outcome.Succeeded<>(1));
        });
    }

    @Test
    void theFailureOfATaskWhileTheBodyWaits() throws Exception {
        var failure = new IOException("thrown by the test");
        TestLoops.run(() -> assertThatThrownBy(() -> TaskGroup.run(group -> {
                    group.start("a", () -> {
                        throw failure;
                    });
                    Sluice.sleep(HOUR);
                }))
                .isInstanceOf(TaskFailedException.class)
                .hasMessageStartingWith("task main/a failed")
                .hasCause(failure)
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).isEmpty()));
    }

    @Test
    void theFailureOfATaskWhileTheBodyIsBlockedInTheJdk() throws Exception {
        var failure = new IOException("thrown by the test");
        TestLoops.run(() -> assertThatThrownBy(() -> TaskGroup.run(group -> {
                    group.start("a", () -> {
                        throw failure;
                    });
                    new CountDownLatch(1).await();
                }))
                .isInstanceOf(TaskFailedException.class)
                .hasCause(failure));
    }

    @Test
    void theFailureOfATaskAfterTheBody() throws Exception {
        var failure = new IOException("thrown by the test");
        TestLoops.run(() -> assertThatThrownBy(() -> TaskGroup.run(group -> group.start("a", () -> {
                    throw failure;
                })))
                .isInstanceOf(TaskFailedException.class)
                .hasCause(failure));
    }

    @Test
    void theFailureOfTheBodyAndWhatRanIsCancelled() throws Exception {
        var failure = new IOException("thrown by the test");
        TestLoops.run(() -> {
            var task = new AtomicReference<Task<Void>>();
            assertThatThrownBy(() -> TaskGroup.run(group -> {
                        task.set(group.start("a", () -> Sluice.sleep(HOUR)));
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThat(task.get().outcome()).isInstanceOf(Outcome.Cancelled.class);
        });
    }

    @Test
    void whatTheCancelledBodyCarriedIsKept() throws Exception {
        var failure = new IOException("thrown by the test");
        var other = new IOException("clean-up failed");
        TestLoops.run(() -> assertThatThrownBy(() -> TaskGroup.run(group -> {
                    group.start("a", () -> {
                        throw failure;
                    });
                    try {
                        Sluice.sleep(HOUR);
                    } catch (CancelledException cancelled) {
                        cancelled.addSuppressed(other);
                        throw cancelled;
                    }
                }))
                .hasCause(failure)
                .hasSuppressedException(other));
    }

    @Test
    void theCancellationFromOutsideIsThatOfTheOutside() throws Exception {
        TestLoops.run(() -> {
            Deadline soon = Deadline.after(Duration.ofMillis(1));
            assertThatThrownBy(() -> soon.run(() -> TaskGroup.run(group -> {
                        group.start("a", () -> Sluice.sleep(HOUR));
                        Sluice.sleep(HOUR);
                    })))
                    .isInstanceOf(DeadlineExceededException.class);
            Sluice.yield(); // nothing is left of it
        });
    }

    @Test
    void aBodyThatJoinsItself() throws Exception {
        TestLoops.run(() -> {
            int result = TaskGroup.call(group -> {
                Task<Integer> task = group.start("a", () -> 1);
                group.join();
                return task.get();
            });
            assertThat(result).isEqualTo(1);
        });
    }
}
