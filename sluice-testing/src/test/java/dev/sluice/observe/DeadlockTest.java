package dev.sluice.observe;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Select;
import dev.sluice.observe.WaitGraph.Circle;
import dev.sluice.observe.WaitGraph.Wait;
import dev.sluice.sync.Barrier;
import dev.sluice.sync.Condition;
import dev.sluice.sync.Limiter;
import dev.sluice.sync.Lock;
import dev.sluice.sync.Once;
import dev.sluice.sync.ReadWriteLock;
import dev.sluice.sync.Semaphore;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.DeadlockException;
import dev.sluice.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Which circles a deadlock has, and which it has not: in simulations, which find the deadlock.
@Tag("needs-opens")
class DeadlockTest {
    private static DeadlockException deadlockOf(Action<?> body) {
        return catchThrowableOfType(
                DeadlockException.class, () -> Simulation.seed(5).run(body));
    }

    private static List<String> lines(Circle circle) {
        return circle.waits().stream()
                .map(wait -> new Wait(wait.task(), wait.waitsFor(), wait.heldBy(), "").toString())
                .toList();
    }

    /// Takes one lock and, when everybody has had the time to do so, the other.
    private static Task<Void> taker(TaskGroup<Object, Void> group, String name, Lock first, Lock second) {
        return group.start(
                name,
                () -> first.run(() -> {
                    Sluice.sleep(ofMillis(1));
                    second.run(() -> {});
                }));
    }

    @Test
    void locksInOppositeOrder() {
        DeadlockException failure = deadlockOf(() -> {
            Lock left = new Lock("left");
            Lock right = new Lock("right");
            try (var group = TaskGroup.open()) {
                taker(group, "a", left, right);
                taker(group, "b", right, left);
                group.join();
            }
        });
        assertThat(failure.circles())
                .singleElement()
                .satisfies(circle -> assertThat(lines(circle))
                        .containsExactly(
                                "main/a waits for lock right held by main/b",
                                "main/b waits for lock left held by main/a"))
                .satisfies(circle -> assertThat(circle.deadline()).isFalse());
        assertThat(failure)
                .hasMessageContaining("deadlock: 2 wait for each other, until somebody cancels them")
                .hasMessageContaining("main waits for group main")
                .hasMessageContaining("DeadlockTest.java");
        assertThat(failure.circles().getFirst().waits())
                .allSatisfy(wait -> assertThat(wait.where()).contains("DeadlockTest.java"));
    }

    /// Before it is signalled anybody could end its wait; afterwards only the lock's owner can.
    @Test
    void aSignalledWaiterWaitsForTheLock() {
        DeadlockException failure = deadlockOf(() -> {
            Lock box = new Lock("box");
            Lock other = new Lock("other");
            Condition full = box.condition("full");
            try (var group = TaskGroup.open()) {
                group.start("waiter", () -> other.run(() -> box.run(full::await)));
                Simulation.awaitAllBlocked();
                group.start(
                        "signaller",
                        () -> box.run(() -> {
                            full.signal();
                            other.run(() -> {});
                        }));
                group.join();
            }
        });
        assertThat(failure.circles())
                .singleElement()
                .satisfies(circle -> assertThat(lines(circle))
                        .containsExactly(
                                "main/signaller waits for lock other held by main/waiter",
                                "main/waiter waits for condition full of lock box held by main/signaller"));
        DeadlockException unsignalled = deadlockOf(() -> {
            Lock box = new Lock("box");
            Condition full = box.condition("full");
            box.run(full::await);
        });
        assertThat(unsignalled.circles()).isEmpty();
        assertThat(unsignalled).hasMessageContaining("main waits for condition full of lock box");
    }

    @Test
    void philosophers() {
        int count = 5;
        DeadlockException failure = deadlockOf(() -> {
            List<Lock> forks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                forks.add(new Lock("fork " + i));
            }
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < count; i++) {
                    taker(group, "philosopher " + i, forks.get(i), forks.get((i + 1) % count));
                }
                group.join();
            }
        });
        assertThat(failure.circles())
                .singleElement()
                .satisfies(circle -> assertThat(lines(circle))
                        .hasSize(count)
                        .contains("main/philosopher 4 waits for lock fork 0 held by main/philosopher 0"));
    }

    @Test
    void joins() {
        DeadlockException failure = deadlockOf(() -> {
            Promise<Task<?>> last = new Promise<>("last");
            try (var group = TaskGroup.open()) {
                var a = group.start("a", () -> last.await().get());
                var b = group.start("b", a::get);
                last.complete(group.start("c", b::get));
                group.join();
            }
        });
        assertThat(lines(failure.circles().getFirst()))
                .containsExactly(
                        "main/a waits for task main/c", "main/c waits for task main/b", "main/b waits for task main/a");
    }

    @Test
    void ownTask() {
        DeadlockException failure = deadlockOf(() -> {
            Promise<Task<?>> own = new Promise<>("own");
            try (var group = TaskGroup.open()) {
                own.complete(group.start("a", () -> own.await().get()));
                group.join();
            }
        });
        assertThat(failure).hasMessageContaining("a task waits for itself");
        assertThat(lines(failure.circles().getFirst())).containsExactly("main/a waits for task main/a");
    }

    @Test
    void groupThatAMemberNeedsToEnd() {
        DeadlockException failure = deadlockOf(() -> {
            Lock lock = new Lock("lock");
            try (var _ = lock.acquire();
                    var group = TaskGroup.open()) {
                group.start("a", () -> lock.run(() -> {}));
                group.start("b", () -> {});
                group.join();
            }
        });
        assertThat(lines(failure.circles().getFirst()))
                .containsExactly("main waits for group main held by main/a", "main/a waits for lock lock held by main");
    }

    @Test
    void valueThatIsMadeByWhoWaits() {
        DeadlockException failure = deadlockOf(() -> {
            Once<String> config = new Once<>("config");
            Lock lock = new Lock("lock");
            try (var group = TaskGroup.open()) {
                group.start(
                        "a",
                        () -> lock.run(() -> {
                            Sluice.sleep(ofMillis(1));
                            config.get(() -> "a");
                        }));
                group.start(
                        "b",
                        () -> config.get(() -> {
                            Sluice.sleep(ofMillis(1));
                            return lock.call(() -> "b");
                        }));
                group.join();
            }
        });
        assertThat(lines(failure.circles().getFirst()))
                .containsExactly(
                        "main/a waits for once config held by main/b", "main/b waits for lock lock held by main/a");
    }

    @Test
    void readerBehindAWaitingWriter() {
        DeadlockException failure = deadlockOf(() -> {
            ReadWriteLock pages = new ReadWriteLock("pages");
            Lock lock = new Lock("lock");
            try (var group = TaskGroup.open()) {
                group.start(
                        "first reader",
                        () -> pages.read().run(() -> {
                            Sluice.sleep(ofMillis(3));
                            lock.run(() -> {});
                        }));
                group.start("writer", () -> {
                    Sluice.sleep(ofMillis(1));
                    pages.write().run(() -> {});
                });
                group.start(
                        "second reader",
                        () -> lock.run(() -> {
                            Sluice.sleep(ofMillis(2));
                            pages.read().run(() -> {});
                        }));
                group.join();
            }
        });
        assertThat(lines(failure.circles().getFirst()))
                .containsExactly(
                        "main/first reader waits for lock lock held by main/second reader",
                        "main/second reader waits for lock pages held by main/writer",
                        "main/writer waits for lock pages held by main/first reader");
    }

    @Test
    void selectOverTasksThatAreAllStuckIsAKnot() {
        DeadlockException failure = deadlockOf(() -> {
            Promise<Task<?>> chooser = new Promise<>("chooser");
            try (var group = TaskGroup.open()) {
                var a = group.start("a", () -> chooser.await().get());
                var b = group.start("b", () -> chooser.await().get());
                chooser.complete(group.start(
                        "chooser",
                        () -> Select.<Object>of(a.onEnd(end -> end), b.onEnd(end -> end))
                                .await()));
                group.join();
            }
        });
        assertThat(failure.circles())
                .singleElement()
                .satisfies(circle -> assertThat(lines(circle))
                        .containsExactly(
                                "main/a waits for task main/chooser",
                                "main/chooser waits for select of task main/a, task main/b held by main/a"));
    }

    @Test
    void selectThatSomethingElseMayEndIsNone() {
        DeadlockException failure = deadlockOf(() -> {
            Promise<Task<?>> chooser = new Promise<>("chooser");
            Channel<Integer> way = Channel.<Integer>rendezvous().named("way out");
            try (var group = TaskGroup.open()) {
                var a = group.start("a", () -> chooser.await().get());
                chooser.complete(group.start(
                        "chooser",
                        () -> Select.<Object>of(a.onEnd(end -> end), way.onReceive(value -> {}))
                                .await()));
                group.join();
            }
        });
        assertThat(failure.circles()).isEmpty();
        assertThat(failure)
                .hasMessageContaining("main/chooser waits for select of task main/a, receive from channel way out");
    }

    @Test
    void waitsThatAnybodyMayEndAreInNoCircle() {
        DeadlockException failure = deadlockOf(() -> {
            Channel<Integer> there = Channel.<Integer>buffered(1).named("there");
            Channel<Integer> back = Channel.<Integer>buffered(1).named("back");
            Semaphore semaphore = new Semaphore("memory", 1);
            Limiter limiter = new Limiter("readers", 1);
            Barrier barrier = new Barrier("round", 2);
            try (var group = TaskGroup.open()) {
                group.start("a", () -> limiter.run(() -> back.send(there.receive())));
                group.start("b", () -> semaphore.run(() -> there.send(back.receive())));
                group.start("c", () -> semaphore.run(() -> limiter.run(() -> {})));
                group.start("d", () -> limiter.run(() -> semaphore.run(() -> {})));
                group.start("e", barrier::await);
                group.join();
            }
        });
        assertThat(failure.circles()).isEmpty();
        assertThat(failure)
                .hasMessageContaining("main/a waits for receive from channel there")
                .hasMessageContaining("main/b waits for receive from channel back")
                .hasMessageContaining("main/e waits for barrier round");
    }

    @Test
    void whoWaitsForACircleIsNotInIt() {
        DeadlockException failure = deadlockOf(() -> {
            Lock left = new Lock("left");
            Lock right = new Lock("right");
            try (var group = TaskGroup.open()) {
                Task<Void> a = taker(group, "a", left, right);
                taker(group, "b", right, left);
                group.start("behind", () -> a.get());
                group.start("third", () -> {
                    Sluice.sleep(ofMillis(2));
                    left.run(() -> {});
                });
                group.join();
            }
        });
        assertThat(failure.circles())
                .singleElement()
                .satisfies(circle ->
                        assertThat(circle.waits()).extracting(Wait::task).containsExactly("main/a", "main/b"));
    }

    @Test
    void circleSaysThatADeadlineWillEndIt() throws Exception {
        List<WaitGraph> graphs = new ArrayList<>();
        Simulation.seed(5).run(() -> {
            Lock left = new Lock("left");
            Lock right = new Lock("right");
            try (var group = TaskGroup.open()) {
                taker(group, "a", left, right);
                group.start(
                        "b",
                        () -> Deadline.after(ofSeconds(1))
                                .tryRun(() -> right.run(() -> {
                                    Sluice.sleep(ofMillis(1));
                                    left.run(() -> {});
                                })));
                Sluice.sleep(ofMillis(10));
                graphs.add(Sluice.waitGraph());
                group.join();
                graphs.add(Sluice.waitGraph());
            }
        });
        assertThat(graphs.getFirst().circles()).singleElement().satisfies(circle -> {
            assertThat(circle.deadline()).isTrue();
            assertThat(circle.toString()).startsWith("deadlock: 2 wait for each other, until a deadline passes");
        });
        assertThat(graphs.getFirst().quiet()).isFalse();
        assertThat(graphs.getLast().circles()).isEmpty();
        assertThat(graphs.getLast().waits()).isEmpty();
    }

    /// Programs that always end, in whose waits one would find circles if one looked carelessly.
    @Test
    void healthyProgramsHaveNoCircles() {
        for (long seed = 1; seed <= 100; seed++) {
            long now = seed;
            assertThat(catchThrowableOfType(
                            Throwable.class, () -> Simulation.seed(now).run(() -> healthy(now))))
                    .as("seed %d", seed)
                    .isNull();
        }
    }

    private static void healthy(long seed) {
        RandomGenerator random = new java.util.SplittableRandom(seed);
        List<Lock> locks = List.of(new Lock("0"), new Lock("1"), new Lock("2"));
        ReadWriteLock pages = new ReadWriteLock("pages");
        Channel<Integer> values = Channel.buffered(2);
        try (var group = TaskGroup.open()) {
            List<Task<?>> before = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int first = random.nextInt(3);
                int second = first + random.nextInt(3 - first);
                long pause = random.nextInt(4);
                List<Task<?>> earlier = List.copyOf(before);
                before.add(group.start("task " + i, () -> {
                    locks.get(first).run(() -> {
                        Sluice.sleep(ofMillis(pause));
                        if (second != first) {
                            locks.get(second).run(() -> pages.read().run(() -> Sluice.sleep(ofMillis(pause))));
                        }
                    });
                    pages.write().run(() -> values.send(1));
                    if (!earlier.isEmpty()) {
                        Select.<Object>of(earlier.getLast().onEnd(end -> end), Clause.after(ofMillis(pause), () -> {}))
                                .await();
                        earlier.getFirst().get();
                    }
                }));
            }
            group.start("reader", () -> {
                for (int i = 0; i < 12; i++) {
                    values.receive();
                    Sluice.sleep(ofMillis(1));
                }
            });
            for (int look = 0; look < 40; look++) {
                assertThat(Sluice.waitGraph().circles()).isEmpty();
                Sluice.sleep(ofMillis(1));
            }
            group.join();
        }
    }
}
