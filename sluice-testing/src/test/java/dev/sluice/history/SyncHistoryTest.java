package dev.sluice.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.history.Contents.Kind;
import dev.sluice.sync.Condition;
import dev.sluice.sync.Lock;
import dev.sluice.sync.ReadWriteLock;
import dev.sluice.sync.Semaphore;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;

/// Random programs at one lock or semaphore, in virtual time, checked against what it is when one thing happens
/// at a time. A permit, a turn or a signal that is lost leaves somebody waiting, which ends a simulation.
@Tag("needs-opens")
class SyncHistoryTest {
    private static final int TASKS = 4;

    private RandomGenerator random;

    private interface Body {
        void run(String name) throws Exception;
    }

    /// @param look called whenever all are blocked
    private void tasks(Simulation simulation, Runnable look, Body body) throws Exception {
        random = simulation.random();
        int[] running = {TASKS};
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < TASKS; i++) {
                String name = "task-" + i;
                group.start(name, () -> {
                    body.run(name);
                    running[0]--;
                });
            }
            while (running[0] > 0) {
                Simulation.awaitAllBlocked();
                look.run();
                rest(15);
            }
            group.join();
        }
    }

    private void rest(int most) {
        Sluice.sleep(Duration.ofNanos(random.nextInt(most)));
    }

    /// Half of the waits end by themselves.
    private boolean patiently(Runnable action) {
        if (random.nextBoolean()) {
            action.run();
            return true;
        }
        return Deadline.after(Duration.ofNanos(random.nextInt(60))).tryRun(action::run);
    }

    @Simulated(seeds = 200)
    void semaphore(Simulation simulation) throws Exception {
        int permits = 3;
        var semaphore = new Semaphore(permits);
        var history = new History<Integer>(); // the state is how many are free
        Map<String, Integer> asks = new HashMap<>();
        Runnable look = () -> {
            Semaphore.Statistics now = semaphore.statistics();
            if (!now.waiters().isEmpty()) {
                String first = now.waiters().getFirst();
                assertThat(now.available())
                        .as("free while %s waits", first)
                        .isLessThan(asks.get(first.substring(first.lastIndexOf("task-"))));
            }
        };
        tasks(simulation, look, name -> {
            for (int step = 0; step < 6; step++) {
                int count = 1 + random.nextInt(permits);
                asks.put(name, count);
                var call = history.begin(name, "acquire " + count);
                boolean[] got = {false};
                patiently(() -> {
                    semaphore.acquire(count);
                    got[0] = true;
                });
                if (!got[0]) {
                    history.cancelled(call);
                    continue;
                }
                history.end(call, "got", free -> free >= count ? free - count : null);
                rest(30);
                var back = history.begin(name, "release " + count);
                semaphore.release(count);
                history.end(back, "done", free -> free + count);
            }
        });
        assertThat(semaphore.statistics().available()).isEqualTo(permits);
        assertThat(semaphore.statistics().waiters()).isEmpty();
        history.check(permits);
    }

    /// Readers and writers of one number; the state of the model is the number.
    @Simulated(seeds = 200)
    void readWriteLock(Simulation simulation) throws Exception {
        var lock = new ReadWriteLock("numbers");
        int[] number = {0};
        int[] inside = {0}; // readers, or -1 for a writer
        var history = new History<Integer>();
        tasks(simulation, () -> {}, name -> {
            for (int step = 0; step < 8; step++) {
                boolean writes = random.nextInt(3) == 0;
                var call = history.begin(name, writes ? "increment" : "read");
                int[] seen = {-1};
                patiently(() -> {
                    try (var _ = (writes ? lock.write() : lock.read()).acquire()) {
                        assertThat(inside[0]).as("inside").isBetween(0, writes ? 0 : TASKS);
                        inside[0] += writes ? -1 : 1;
                        int before = number[0];
                        try {
                            if (random.nextBoolean()) {
                                Sluice.yield();
                            }
                            assertThat(number[0]).as("changed under the lock").isEqualTo(before);
                        } finally {
                            inside[0] -= writes ? -1 : 1;
                        }
                        number[0] += writes ? 1 : 0;
                        seen[0] = number[0];
                    }
                });
                int result = seen[0];
                if (result < 0) {
                    history.cancelled(call);
                } else {
                    history.end(call, result, state -> {
                        int after = writes ? state + 1 : state;
                        return after == result ? after : null;
                    });
                }
                rest(20);
            }
        });
        history.check(0);
    }

    /// A bounded queue of a lock and two conditions: no signal is lost to somebody who is cancelled.
    @Simulated(seeds = 200)
    void lockAndConditions(Simulation simulation) throws Exception {
        int capacity = 2;
        var lock = new Lock("queue");
        Condition notFull = lock.condition("not full");
        Condition notEmpty = lock.condition("not empty");
        Deque<Integer> queue = new ArrayDeque<>();
        var history = new History<Contents>();
        int[] values = {0};
        Runnable look = () -> {
            if (lock.statistics().owner().isEmpty()) {
                assertThat(notEmpty.statistics().waiters().isEmpty() || queue.isEmpty())
                        .as("nobody waits for what is there")
                        .isTrue();
                assertThat(notFull.statistics().waiters().isEmpty() || queue.size() == capacity)
                        .as("nobody waits for room that is there")
                        .isTrue();
            }
        };
        tasks(simulation, look, name -> {
            boolean puts = name.endsWith("0") || name.endsWith("2");
            for (int done = 0; done < 7; ) {
                int value = puts ? values[0]++ : -1;
                var call = history.begin(name, puts ? "put " + value : "take");
                int[] moved = {-1};
                patiently(() -> lock.run(() -> {
                    (puts ? notFull : notEmpty).awaitUntil(() -> puts ? queue.size() < capacity : !queue.isEmpty());
                    if (puts) {
                        queue.add(value);
                    }
                    moved[0] = puts ? value : queue.remove();
                    (puts ? notEmpty : notFull).signal();
                    if (random.nextInt(3) == 0) {
                        rest(20); // meanwhile who was signalled may be cancelled, before it has the lock
                    }
                }));
                int result = moved[0];
                if (result < 0) {
                    history.cancelled(call);
                    rest(20); // what it was signalled for is somebody else's now
                    continue;
                }
                done++;
                history.end(
                        call,
                        result,
                        puts
                                ? state -> state.sent(result, null, call.ended())
                                : state -> state.got(result, call.begun()));
                rest(20);
            }
        });
        assertThat(queue).isEmpty();
        history.check(Contents.empty(Kind.QUEUE, capacity));
    }
}
