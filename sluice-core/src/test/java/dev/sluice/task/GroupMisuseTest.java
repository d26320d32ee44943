package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.OnSeams;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Loop;
import dev.sluice.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Groups that are not used in a `try` block: nothing hangs, nothing outlives its group, and the error says
/// what to do.
@ExtendWith(Leaks.class)
class GroupMisuseTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void aGroupThatIsNeverClosedFailsItsTaskAndEndsWithIt() throws Exception {
        TestLoops.run(() -> {
            var child = new AtomicReference<Task<Void>>();
            try (var group = TaskGroup.open()) {
                Task<Integer> careless = group.start("careless", () -> {
                    var forgotten = TaskGroup.open("lost", JoinPolicy.failFast());
                    child.set(forgotten.start("child", () -> Sluice.sleep(HOUR)));
                    return 1;
                });
                assertThat(careless.outcome())
                        .isInstanceOfSatisfying(
                                Outcome.Failed.class,
                                failed -> assertThat(failed.failure())
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessage("main/careless ended without closing group main/careless/lost,"
                                                + " expected it closed: open it in try (...)"));
                assertThat(child.get().isDone()).as("its task outlives it").isTrue();
                assertThat(child.get().outcome()).isInstanceOf(Outcome.Cancelled.class);
                assertThatThrownBy(group::join).isInstanceOf(TaskFailedException.class);
            }
            Loop loop = Loop.current();
            Patience.until("its timer is gone", () -> loop.statistics().now().timers() == 0);
        });
    }

    @Test
    void aGroupThatWasCancelledIsClosedWithoutAComplaint() throws Exception {
        TestLoops.run(() -> {
            Task<Void> child;
            try (var group = TaskGroup.open()) {
                child = group.start("child", () -> Sluice.sleep(HOUR));
                group.cancel("seen enough");
            }
            assertThat(child.isDone()).isTrue();
            assertThat(child.outcome()).isInstanceOf(Outcome.Cancelled.class);
        });
    }

    @Test
    @SuppressWarnings("NullAway") // that is the mistake
    void aMissingBodyIsRefusedWhereItIsGiven() throws Exception {
        TestLoops.run(() -> {
            try (var group = TaskGroup.open()) {
                Callable<Integer> missing = null;
                Action<RuntimeException> nothing = null;
                assertThatThrownBy(() -> group.start("a", missing)).hasMessage("body");
                assertThatThrownBy(() -> group.start("b", nothing)).hasMessage("body");
                group.join();
            }
        });
    }

    @Test
    void theFailureOfTheTaskIsKept() throws Exception {
        TestLoops.run(() -> {
            var failure = new IllegalArgumentException("the real reason");
            try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
                Task<Object> careless = group.start("careless", () -> {
                    TaskGroup.open();
                    throw failure;
                });
                assertThat(careless.outcome()).isEqualTo(new Outcome.Failed<>(failure));
                assertThat(failure.getSuppressed())
                        .singleElement()
                        .asString()
                        .contains("ended without closing group main/careless");
                group.join();
            }
        });
    }

    @Test
    void whatIsExecutedOrOffloadedIsHeldToTheSame() throws Exception {
        TestLoops.run(() -> {
            assertThatThrownBy(() -> Sluice.offload(() -> {
                        TaskGroup.open();
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("main (offloaded) ended without closing group main");
            assertThat(Sluice.<Integer, RuntimeException>offload(() -> 5)).isEqualTo(5);
        });
    }

    @Test
    void groupsAreClosedFromTheInside() throws Exception {
        TestLoops.run(() -> {
            var outer = TaskGroup.open("outer", JoinPolicy.failFast());
            var inner = TaskGroup.open("inner", JoinPolicy.failFast());
            assertThatThrownBy(outer::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("close group main/outer: group main/inner was opened inside and is still open,"
                            + " expected it closed");
            inner.close();
            outer.close();
            outer.close();
            Sluice.yield();
        });
    }

    @Test
    void onlyTheOwnerJoinsAndCloses() throws Exception {
        TestLoops.run(() -> {
            try (var group = TaskGroup.open("mine", JoinPolicy.failFast())) {
                group.start("thief", () -> {
                    assertThatThrownBy(group::join)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("join group main/mine: called by main/mine/thief, expected its owner main");
                    assertThatThrownBy(group::close).isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(group::completions).isInstanceOf(IllegalStateException.class);
                });
                group.join();
            }
        });
    }

    @Test
    void aJoinedGroupTakesNoMoreTasks() throws Exception {
        TestLoops.run(() -> {
            try (var group = TaskGroup.open()) {
                group.join();
                assertThatThrownBy(() -> group.start("late", () -> {}))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("start task in group main: the group has been joined or closed");
                assertThatThrownBy(group::join).hasMessage("join group main: joined already, expected once");
            }
        });
    }

    @Test
    void aGroupClosedWithoutJoinCancelsAndSaysSo() throws Exception {
        TestLoops.run(() -> {
            var child = new AtomicReference<Task<Void>>();
            assertThatThrownBy(() -> {
                        try (var group = TaskGroup.open()) {
                            child.set(group.start("child", () -> Sluice.sleep(HOUR)));
                        }
                    })
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("close group main: tasks were still running and have been cancelled, expected join()"
                            + " before");
            assertThat(child.get().cancelled().orElseThrow().describe())
                    .isEqualTo("group closed before it was joined (asked by main)");
            assertThatThrownBy(child.get()::get).isInstanceOf(CancelledException.class);
        });
    }

    @Test
    void aGroupWhoseTasksHaveAllBeenAwaitedMayBeClosed() throws Exception {
        TestLoops.run(() -> {
            for (int i = 0; i < 5_000; i++) {
                try (var group = TaskGroup.open()) {
                    assertThat(group.start("child", () -> 7).outcome()).isEqualTo(new Outcome.Succeeded<>(7));
                }
            }
        });
    }

    @Test
    void aPolicyThatFailsAtTheStartLeavesNoScopeBehind() throws Exception {
        TestLoops.run(() -> {
            var failure = new IllegalStateException("no configuration");
            JoinPolicy<Object, Integer> broken = new JoinPolicy<>() {
                @Override
                public boolean ended(Task<?> task, Outcome<?> outcome) {
                    return false;
                }

                @Override
                public Integer result(List<Task<?>> tasks) {
                    return tasks.size();
                }

                @Override
                public boolean keepsTasks() {
                    throw failure;
                }
            };
            boolean whole = CancelScope.run(
                    scope -> assertThatThrownBy(() -> TaskGroup.open(broken)).isSameAs(failure));
            assertThat(whole).isTrue();
        });
    }

    @Test
    void aGroupThatIsForgottenInAScopeDoesNotHideAFailure() throws Exception {
        TestLoops.run(() -> {
            var failure = new IllegalArgumentException("the real reason");
            Action<RuntimeException> careless = () -> {
                TaskGroup.open("lost", JoinPolicy.failFast()).start("child", () -> Sluice.sleep(HOUR));
                throw failure;
            };
            List<Action<RuntimeException>> edges = List.of(
                    () -> Deadline.after(HOUR).run(careless),
                    () -> Deadline.after(HOUR).tryRun(careless),
                    () -> CancelScope.run(scope -> careless.run()),
                    () -> CancelScope.shield(careless));
            for (int i = 0; i < edges.size(); i++) {
                assertThatThrownBy(edges.get(i)::run).isSameAs(failure);
                assertThat(failure.getSuppressed()).hasSize(i + 1);
                assertThat(failure.getSuppressed()[i])
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("main left a scope around it without closing group main/lost,"
                                + " expected it closed: open it in try (...)");
            }
            assertThatThrownBy(() -> CancelScope.shield(TaskGroup::open))
                    .as("without a failure")
                    .isInstanceOf(IllegalStateException.class);
            Loop loop = Loop.current();
            Patience.until("its timers are gone", () -> loop.statistics().now().timers() == 0);
        });
    }

    /// The system's clock, which fails the thread that it is told to, once.
    private static final class FailingClock implements Clock {
        private volatile @Nullable Thread fails; // set by that thread, which alone clears it

        @Override
        public long nanoTime() {
            if (fails == Thread.currentThread()) {
                fails = null;
                throw new OutOfMemoryError("of the test");
            }
            return Clock.system().nanoTime();
        }

        @Override
        public Instant now() {
            return Clock.system().now();
        }
    }

    @Test
    void aCloseThatAnErrorCutsShortCanBeRepeated() throws Exception {
        var clock = new FailingClock();
        OnSeams.run(OnSeams.clock(clock), () -> {
            var group = TaskGroup.open();
            Task<Void> child = group.start("child", () -> Sluice.sleep(HOUR));
            clock.fails = Thread.currentThread();
            assertThatThrownBy(group::close).isInstanceOf(OutOfMemoryError.class);
            group.close();
            assertThat(child.isDone()).as("its task outlives it").isTrue();
            group.close();
            CancelScope.checkpoint();
        });
    }

    @Test
    void aCloseThatAnErrorCutsShortIsMadeUpForAtTheEndOfTheTask() throws Exception {
        var clock = new FailingClock();
        OnSeams.run(OnSeams.clock(clock), () -> {
            var child = new AtomicReference<Task<Void>>();
            try (var outer = TaskGroup.open(JoinPolicy.collectAll())) {
                outer.start("unlucky", () -> {
                    try (var group = TaskGroup.open()) {
                        child.set(group.start("child", () -> Sluice.sleep(HOUR)));
                        clock.fails = Thread.currentThread();
                    }
                });
                assertThat(outer.join())
                        .singleElement()
                        .isInstanceOfSatisfying(
                                Outcome.Failed.class,
                                failed -> assertThat(failed.failure()).isInstanceOf(OutOfMemoryError.class));
                assertThat(child.get().isDone()).as("its task outlives it").isTrue();
            }
        });
    }
}
