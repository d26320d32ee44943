package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.testkit.Bounded;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every suspension is cancelled by everybody who can: reason and origin are right, nothing is left behind, and
/// what was waited for is still usable.
@ExtendWith(Leaks.class)
class CancelPointsTest {
    /// Who cancels.
    enum Canceller {
        SELF("main/victim"),
        SIBLING("main/canceller"),
        OTHER_LOOP("main/far canceller"),
        PLATFORM_THREAD("thread canceller"),
        OFFLOADED("main/canceller (offloaded)"),
        DEADLINE("the budget");

        final String origin;

        Canceller(String origin) {
            this.origin = origin;
        }
    }

    static Stream<Arguments> all() {
        return Stream.of(CancelPoint.values())
                .flatMap(point -> Stream.of(Canceller.values())
                        // nobody offloads while all threads are taken
                        .filter(canceller -> point != CancelPoint.OFFLOAD_WAITING || canceller != Canceller.OFFLOADED)
                        .map(canceller -> Arguments.of(point, canceller)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void itEndsAndLeavesNothing(CancelPoint point, Canceller canceller) throws Exception {
        inATask((fixture, group, loops) -> {
            var victim = new Victim(point, fixture, canceller);
            Task<Boolean> task = group.start("victim", victim::live);
            victim.cancelWhenBlocked(group, loops, task);
            assertThat(task.get()).as("cut short").isFalse();
            assertThat(victim.reason.origin()).isEqualTo(canceller.origin);
        });
    }

    /// The cancellation comes at any moment: before the wait, while it begins, when it has begun.
    @ParameterizedTest
    @EnumSource
    void itEndsWheneverItIsCancelled(CancelPoint point) throws Exception {
        for (int round = 0; round < 30; round++) {
            inATask((fixture, group, loops) -> {
                var victim = new Victim(point, fixture, Canceller.PLATFORM_THREAD);
                Task<Boolean> task = group.start("victim", victim::live);
                Thread thread = Thread.ofPlatform().name("canceller").start(() -> {
                    CancelScope scope = victim.scope.join();
                    for (int spin = ThreadLocalRandom.current().nextInt(20_000); spin > 0; spin--) {
                        Thread.onSpinWait();
                    }
                    assertThat(scope.cancel("enough")).isTrue();
                });
                assertThat(task.get()).as("cut short").isFalse();
                thread.join();
            });
        }
    }

    private interface Body {
        void run(CancelFixture fixture, TaskGroup<Object, ?> group, Loops loops) throws Exception;
    }

    private static void inATask(Body body) throws Exception {
        try (Loops loops = Loops.open(CancelFixture.config())) {
            Bounded.run(() -> Sluice.callOn(loops.loop(0), "main", () -> {
                try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
                    var fixture = new CancelFixture(loops.loop(1), group);
                    try {
                        body.run(fixture, group, loops);
                    } finally {
                        fixture.close();
                    }
                    return group.join();
                }
            }));
            for (Loop loop : loops.all()) {
                Patience.until("no timer is left", () -> loop.statistics().now().timers() == 0);
            }
        }
    }

    /// The task that is cancelled in a part.
    private static final class Victim {
        final CompletableFuture<CancelScope> scope = new CompletableFuture<>();
        final CompletableFuture<Thread> thread = new CompletableFuture<>();

        private final CancelPoint point;
        private final CancelFixture fixture;
        private final Canceller canceller;
        volatile CancelReason reason;

        Victim(CancelPoint point, CancelFixture fixture, Canceller canceller) {
            this.point = point;
            this.fixture = fixture;
            this.canceller = canceller;
        }

        boolean live() throws Exception {
            thread.complete(Thread.currentThread());
            boolean whole = canceller == Canceller.DEADLINE
                    ? Deadline.after(Duration.ofMillis(5)).named("the budget").tryRun(this::blockAndLook)
                    : CancelScope.run(handle -> {
                        scope.complete(handle);
                        if (canceller == Canceller.SELF) {
                            handle.cancel("enough");
                        }
                        blockAndLook();
                    });
            assertThat(Thread.currentThread().isInterrupted())
                    .as("an interrupt after the scope was left")
                    .isFalse();
            assertThat(CancelScope.currentReason()).isEmpty();
            point.useAgain(fixture);
            Sluice.yield();
            return whole;
        }

        private void blockAndLook() throws Exception {
            try {
                point.block(fixture);
            } catch (Throwable thrown) {
                reason = CancelScope.currentReason().orElseThrow(() -> new AssertionError("not cancelled", thrown));
                lookAt(thrown);
                throw thrown;
            }
            throw new AssertionError(point + " ended by itself");
        }

        private void lookAt(Throwable thrown) {
            if (thrown instanceof CancelledException cancelled) {
                assertThat(cancelled.reason()).isSameAs(reason);
                assertThat(cancelled).hasMessage("cancelled: " + reason.describe());
            } else {
                assertThat(thrown).isInstanceOf(InterruptedException.class);
                assertThat(point.mayBeInterrupted())
                        .as("only waits of the JDK are interrupted")
                        .isTrue();
            }
            // It is a state: it comes again, in our waits and in those of the JDK.
            assertThatCancelled(Sluice::yield, CancelledException.class::isInstance);
            assertThatCancelled(() -> Sluice.sleep(Duration.ofHours(1)), CancelledException.class::isInstance);
            assertThatCancelled(CancelPointsTest::jdkWait, InterruptedException.class::isInstance);
            assertThatCancelled(CancelScope::checkpoint, CancelledException.class::isInstance);
            assertThatCancelled(CancelPointsTest::jdkWait, InterruptedException.class::isInstance);
        }

        private static void assertThatCancelled(Action<?> wait, Predicate<Throwable> expected) {
            try {
                wait.run();
            } catch (Throwable thrown) {
                assertThat(thrown).matches(expected);
                return;
            }
            throw new AssertionError("a wait in a cancelled scope ended by itself");
        }

        void cancelWhenBlocked(TaskGroup<Object, ?> group, Loops loops, Task<Boolean> task) throws Exception {
            Action<Exception> cancel = () -> {
                CancelScope handle = Patience.get(scope);
                assertThat(handle.reason()).isEmpty();
                assertThat(handle.cancel("enough")).isTrue();
                assertThat(handle.cancel("again")).isFalse();
                assertThat(handle.reason().orElseThrow().describe()).startsWith("enough (asked by ");
            };
            if (canceller == Canceller.SELF || canceller == Canceller.DEADLINE) {
                return;
            }
            onAThread("watcher", () -> awaitBlocked(task));
            switch (canceller) {
                case SIBLING -> group.start("canceller", cancel).get();
                case OTHER_LOOP ->
                    group.startOn(loops.loop(1), "far canceller", cancel).get();
                case OFFLOADED ->
                    group.start("canceller", () -> Sluice.offload(cancel)).get();
                default -> onAThread("canceller", cancel);
            }
        }

        private static void onAThread(String name, Action<?> body) {
            var end = new CompletableFuture<String>();
            Thread.ofPlatform().name(name).start(() -> {
                try {
                    body.run();
                    end.complete(name);
                } catch (Throwable failure) {
                    end.completeExceptionally(failure);
                }
            });
            Sluice.await(end);
        }

        private void awaitBlocked(Task<Boolean> task) throws Exception {
            Thread coroutine = Patience.get(thread);
            Patience.get(scope);
            if (!point.waits()) {
                return;
            }
            if (point.ofTheJdk()) {
                Patience.until(
                        "it waits",
                        () -> coroutine.getState() == Thread.State.WAITING
                                || coroutine.getState() == Thread.State.TIMED_WAITING);
            } else {
                Patience.until(
                        "it waits; it is " + task.doing(), () -> task.doing().startsWith("waiting for "));
            }
        }
    }

    private static void jdkWait() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
