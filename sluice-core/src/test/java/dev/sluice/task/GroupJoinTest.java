package dev.sluice.task;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What joining says about a group that was cancelled: who cancelled it decides.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupJoinTest {
    private static String never() {
        Sluice.sleep(ofHours(1));
        throw new AssertionError("slept for an hour");
    }

    private static JoinPolicy<Object, ?> policy(boolean keepsTasks) {
        return keepsTasks ? JoinPolicy.allSuccessful() : JoinPolicy.failFast();
    }

    @Test
    void policyThatHasEnoughIsNoCancellation() {
        String won = Sluice.call(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<String>firstSuccess())) {
                group.start("slow", () -> never());
                group.start("fast", () -> "won");
                return group.join();
            }
        });
        assertThat(won).isEqualTo("won");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void groupCancelledByHandSaysSo(boolean keepsTasks) {
        Sluice.run(() -> {
            try (var group = TaskGroup.open(policy(keepsTasks))) {
                group.start("slow", () -> never());
                group.cancel("enough");
                assertThatThrownBy(group::join)
                        .isInstanceOfSatisfying(
                                CancelledException.class,
                                cancelled -> assertThat(cancelled.reason())
                                        .isEqualTo(new CancelReason.Requested("main", "enough")));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deadlineAroundAGroupIsNotForgottenByItsJoin(boolean keepsTasks) {
        Sluice.run(() -> {
            Deadline soon = Deadline.after(ofMillis(20));
            assertThatThrownBy(() -> soon.run(() -> {
                        try (var group = TaskGroup.open(policy(keepsTasks))) {
                            group.start("slow", () -> never());
                            group.join();
                        }
                    }))
                    .isInstanceOf(DeadlineExceededException.class);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failuresInTheCleanUpOfACancelledGroupAreSuppressed(boolean keepsTasks) {
        Sluice.run(() -> {
            try (var group = TaskGroup.open(policy(keepsTasks))) {
                group.start("slow", () -> never());
                group.start("clumsy", () -> {
                    try {
                        return never();
                    } catch (CancelledException cancelled) {
                        throw new IOException("clean-up failed", cancelled);
                    }
                });
                group.cancel("enough");
                assertThatThrownBy(group::join)
                        .isInstanceOf(CancelledException.class)
                        .satisfies(cancelled -> assertThat(cancelled.getSuppressed())
                                .singleElement()
                                .isInstanceOf(TaskFailedException.class));
            }
        });
    }

    @Test
    void taskCancelledByItselfIsNoFailure() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<Object>failFast())) {
                Task<String> helper = group.start("helper", () -> never());
                helper.cancel("not needed any more");
                group.join();
                assertThat(helper.outcome()).isInstanceOf(Outcome.Cancelled.class);
            }
        });
    }

    @Test
    void cancelledGroupWhoseTasksAllSucceedSucceeds() {
        List<Integer> results = Sluice.call(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<Integer>allSuccessful())) {
                group.start("quick", () -> 1);
                group.cancel("too late");
                return group.join();
            }
        });
        assertThat(results).containsExactly(1);
    }

    @Test
    void policyThatFailsIsThrown() {
        JoinPolicy<Object, String> broken = new JoinPolicy<>() {
            @Override
            public boolean ended(Task<?> task, Outcome<?> outcome) {
                throw new ArithmeticException("no majority of 0");
            }

            @Override
            public String result(List<Task<?>> tasks) {
                return "fine";
            }
        };
        Sluice.run(() -> {
            try (var group = TaskGroup.open(broken)) {
                group.start("a", () -> 1);
                group.start("b", () -> never());
                assertThatThrownBy(group::join)
                        .isInstanceOf(TaskFailedException.class)
                        .hasMessageContaining("no majority of 0");
            }
        });
    }
}
