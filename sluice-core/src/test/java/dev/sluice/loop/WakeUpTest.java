package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.testkit.Bounded;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.task.Promise;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A loop that sleeps is woken by whatever arrives. One wake-up lost in many thousands is a hang.
@ExtendWith(Leaks.class)
class WakeUpTest {
    private static final int ROUNDS = Integer.getInteger("sluice.test.rounds", 10_000);

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"AUTO", "EPOLL", "NIO"})
    void aThreadAndALoopTakeTurns(Backend backend) throws Exception {
        Bounded.run(() -> {
            try (Loops loops = Loops.open(TestLoops.config().withBackend(backend))) {
                for (int round = 0; round < ROUNDS / 2; round++) {
                    int number = round;
                    int answer = Sluice.<Integer, RuntimeException>callOn(loops.loop(0), "turn", () -> number + 1);
                    assertThat(answer).isEqualTo(round + 1);
                }
                assertThat(loops.loop(0).statistics().totals().sleeps()).isPositive();
            }
        });
    }

    /// The thread hands over just when the loop may be falling asleep: it dawdles for a time that grows and
    /// shrinks.
    @Test
    void whatArrivesWhileTheLoopFallsAsleep() throws Exception {
        try (Loops loops = TestLoops.open(1)) {
            Loop loop = loops.loop(0);
            var arrived = new AtomicInteger();
            for (int round = 1; round <= ROUNDS; round++) {
                loop.execute(arrived::incrementAndGet);
                for (int spin = round % 997; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                if (round % 64 == 0) {
                    int expected = round;
                    Patience.until("all have arrived", () -> arrived.get() == expected);
                }
            }
            Patience.until("all have arrived", () -> arrived.get() == ROUNDS);
        }
    }

    /// Coroutines that park, and threads that unpark them in the JDK's way.
    @Test
    void parkAndUnparkAcrossThreads() throws Exception {
        TestLoops.run(() -> {
            Thread coroutine = Thread.currentThread();
            var turn = new AtomicInteger();
            Thread partner = Thread.ofPlatform().daemon().start(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    while (turn.get() != 2 * round + 1) {
                        LockSupport.park();
                    }
                    turn.set(2 * round + 2);
                    LockSupport.unpark(coroutine);
                }
            });
            for (int round = 0; round < ROUNDS; round++) {
                turn.set(2 * round + 1);
                LockSupport.unpark(partner);
                while (turn.get() != 2 * round + 2) {
                    LockSupport.park();
                }
            }
            partner.join();
        });
    }

    /// A message runs around four loops, of which three sleep at any time.
    @Test
    void aRingOfLoops() throws Exception {
        int size = 4;
        int laps = ROUNDS / 8;
        try (Loops loops = TestLoops.open(size)) {
            Bounded.run(() -> Sluice.callOn(loops.loop(0), "main", () -> {
                List<Promise<Integer>> stations = new ArrayList<>();
                for (int i = 0; i <= size * laps; i++) {
                    stations.add(new Promise<>());
                }
                try (var group = TaskGroup.open()) {
                    for (int place = 0; place < size; place++) {
                        int first = place;
                        group.startOn(loops.loop(place), "station", () -> {
                            for (int lap = 0; lap < laps; lap++) {
                                int here = lap * size + first;
                                stations.get(here + 1)
                                        .complete(stations.get(here).await() + 1);
                            }
                        });
                    }
                    stations.getFirst().complete(0);
                    assertThat(stations.getLast().await()).isEqualTo(size * laps);
                    return group.join();
                }
            }));
        }
    }

    /// Two loops start tasks on each other, without end in sight and none lost.
    @Test
    void loopsStartTasksOnEachOther() throws Exception {
        try (Loops loops = TestLoops.open(2)) {
            int depth = ROUNDS / 20;
            int reached = Sluice.<Integer, RuntimeException>callOn(loops.loop(0), "main", () -> {
                Promise<Integer> bottom = new Promise<>();
                try (var group = TaskGroup.open()) {
                    descend(group, loops, depth, 0, bottom);
                    int result = bottom.await();
                    group.join();
                    return result;
                }
            });
            assertThat(reached).isEqualTo(depth);
        }
    }

    private static void descend(
            TaskGroup<Object, Void> group, Loops loops, int left, int depth, Promise<Integer> bottom) {
        if (left == 0) {
            bottom.complete(depth);
            return;
        }
        group.startOn(loops.loop(left % 2), "down", () -> descend(group, loops, left - 1, depth + 1, bottom));
    }

    /// Sleepers without a loop are served by the shared one.
    @Test
    void sleepersOnPlatformThreads() throws Exception {
        List<Thread> threads = new ArrayList<>();
        var awake = new AtomicInteger();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 50; round++) {
                    Sluice.sleep(Duration.ofNanos(round * 10_000L));
                }
                awake.incrementAndGet();
            }));
        }
        for (Thread thread : threads) {
            Patience.join(thread);
        }
        assertThat(awake).hasValue(8);
    }

    /// Timers armed and disarmed by foreign threads: a task's deadline is made on one loop and used on another.
    @Test
    void deadlinesOfAnotherLoop() throws Exception {
        try (Loops loops = TestLoops.open(2)) {
            Bounded.run(() -> Sluice.callOn(loops.loop(0), "main", () -> {
                var late = dev.sluice.task.Deadline.after(Duration.ofMillis(30)).named("of loop 0");
                var far = dev.sluice.task.Deadline.after(Duration.ofHours(1));
                try (var group = TaskGroup.open()) {
                    List<Task<Boolean>> cut = new ArrayList<>();
                    for (int i = 0; i < 20; i++) {
                        cut.add(group.startOn(
                                loops.loop(1),
                                "sleeper",
                                () -> far.call(() -> late.tryRun(() -> Sluice.sleep(Duration.ofHours(1))))));
                    }
                    group.join();
                    assertThat(cut).allMatch(task -> !task.get());
                }
                for (Loop loop : loops.all()) {
                    Patience.until(
                            "no timer is left", () -> loop.statistics().now().timers() == 0);
                }
                return true;
            }));
        }
    }
}
