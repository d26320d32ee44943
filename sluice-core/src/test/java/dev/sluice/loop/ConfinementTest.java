package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.testkit.Jvm;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Coroutines of one loop never run at the same time, whoever resumes them. Without the launch flag they may,
/// and that is said.
@ExtendWith(Leaks.class)
class ConfinementTest {
    private static final int COROUTINES = 100;
    private static final int ROUNDS = 200;

    /// What nothing but confinement protects.
    private static final class Shared {
        int count;
        final List<Integer> list = new ArrayList<>();
    }

    @Test
    void aPlainCounterSurvivesResumesFromOtherThreads() throws Exception {
        var shared = new Shared();
        var inside = new AtomicInteger();
        var together = new AtomicInteger();
        var waiting = new ConcurrentLinkedQueue<Promise<Integer>>();
        var stop = new AtomicBoolean();
        List<Thread> resumers = List.of(resumer(waiting, stop), resumer(waiting, stop));
        TestLoops.run(() -> {
            boolean confined = Loop.current().confined();
            assertThat(confined).isEqualTo(!TestLoops.FALLBACK);
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < COROUTINES; i++) {
                    group.start("counter", () -> {
                        for (int round = 0; round < ROUNDS; round++) {
                            var turn = new Promise<Integer>();
                            waiting.add(turn);
                            turn.await();
                            if (inside.incrementAndGet() > 1) {
                                together.incrementAndGet();
                            }
                            if (confined) {
                                shared.count++;
                                shared.list.add(round);
                            }
                            inside.decrementAndGet();
                        }
                    });
                }
                group.join();
            }
            if (confined) {
                assertThat(together).hasValue(0);
                assertThat(shared.count).isEqualTo(COROUTINES * ROUNDS);
                assertThat(shared.list).hasSize(COROUTINES * ROUNDS).doesNotContainNull();
            }
        });
        stop.set(true);
        for (Thread resumer : resumers) {
            Patience.join(resumer);
        }
    }

    private static Thread resumer(ConcurrentLinkedQueue<Promise<Integer>> waiting, AtomicBoolean stop) {
        return Thread.ofPlatform().daemon().start(() -> {
            while (!stop.get()) {
                Promise<Integer> next = waiting.poll();
                if (next != null) {
                    next.complete(1);
                } else {
                    Thread.yield();
                }
            }
        });
    }

    @Test
    void actionsFromAnyThreadRunOneAfterTheOther() throws Exception {
        var shared = new Shared();
        try (Loops loops = TestLoops.open(1)) {
            Loop loop = loops.loop(0);
            List<Thread> senders = new ArrayList<>();
            var safe = new AtomicInteger();
            for (int sender = 0; sender < 4; sender++) {
                senders.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        loop.execute(() -> {
                            shared.count++;
                            safe.incrementAndGet();
                        });
                    }
                }));
            }
            for (Thread sender : senders) {
                Patience.join(sender);
            }
            Patience.until("all ran", () -> safe.get() == 8_000);
            if (loop.confined()) {
                int count = Sluice.<Integer, RuntimeException>callOn(loop, "count", () -> shared.count);
                assertThat(count).isEqualTo(8_000);
            }
        }
    }

    @Test
    void whoDoesNotConfineWarnsOnceAndNamesTheFlag() throws Exception {
        try (var jvm = Jvm.start(Unconfined.class)) {
            assertThat(jvm.awaitExit()).as("%s", jvm.output()).isZero();
            List<String> warnings = jvm.output().stream()
                    .filter(line -> line.contains("scheduler"))
                    .toList();
            if (TestLoops.FALLBACK) {
                assertThat(warnings)
                        .singleElement()
                        .asString()
                        .contains("coroutines run on the JDK's scheduler")
                        .endsWith("Start the JVM with --add-opens java.base/java.lang=ALL-UNNAMED");
                assertThat(jvm.output())
                        .contains(
                                "confined: false",
                                "cure: start the JVM with --add-opens java.base/java.lang=ALL-UNNAMED");
            } else {
                assertThat(warnings).isEmpty();
                assertThat(jvm.output()).contains("confined: true").noneMatch(line -> line.startsWith("cure: start"));
            }
        }
    }

    /// Opens loops three times.
    static final class Unconfined {
        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                Sluice.run(() -> {});
            }
            try (Loops loops = Loops.open()) {
                IO.println("confined: " + loops.loop(0).confined());
                assertThat(loops.capabilities().confined())
                        .isEqualTo(loops.loop(0).confined())
                        .isEqualTo(Loops.probe().confined());
                loops.capabilities().missing().forEach(missing -> IO.println("cure: " + missing.cure()));
            }
        }
    }
}
