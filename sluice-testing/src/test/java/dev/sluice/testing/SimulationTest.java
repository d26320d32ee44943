package dev.sluice.testing;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import dev.sluice.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Time, order and randomness of a simulation; what makes it fail is in [SimulationFailureTest].
@Tag("needs-opens")
class SimulationTest {
    /// Tasks with sleeps, yields, a lock, a promise and randomness: most of what has an order.
    private static void busy(Simulation simulation) {
        var lock = new ReentrantLock();
        var answer = new Promise<Integer>("answer");
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < 5; i++) {
                group.start("worker-" + i, () -> work(simulation, lock, answer));
            }
            group.start("reader", answer::await);
            Deadline.after(ofSeconds(3)).tryRun(() -> Sluice.sleep(ofHours(1)));
            group.join();
        }
    }

    private static void work(Simulation simulation, ReentrantLock lock, Promise<Integer> answer) {
        for (int round = 0; round < 5; round++) {
            Sluice.sleep(ofNanos(simulation.random().nextInt(3)));
            lock.lock();
            try {
                Sluice.yield();
            } finally {
                lock.unlock();
            }
        }
        answer.complete(42);
    }

    private static String traceOf(long seed) {
        Simulation simulation = Simulation.seed(seed);
        simulation.run(() -> busy(simulation));
        return simulation.trace();
    }

    @Test
    void sameSeedGivesTheSameTrace() {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(traceOf(seed))
                    .isEqualTo(traceOf(seed))
                    .hasLineCount(traceOf(seed).split("\n").length);
        }
    }

    @Test
    void differentSeedsGiveDifferentOrders() {
        Set<String> traces = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            traces.add(traceOf(seed));
        }
        assertThat(traces).hasSize(100);
    }

    @Test
    void traceTellsWhenWhoAndWhy() {
        Simulation simulation = Simulation.seed(1);
        simulation.run(() -> {
            try (var group = TaskGroup.open()) {
                group.start("a", () -> Sluice.sleep(ofSeconds(2)));
                group.join();
            }
        });
        assertThat(simulation.trace()).startsWith("""
                        0.000000000 main: start
                        0.000000000 main/a: start, by main
                        2.000000000 main/a: sleep 2 s
                        2.000000000 main: group main, by main/a
                        """);
    }

    @Test
    void everyOrderOfTheReadyIsTried() {
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            List<String> order = new ArrayList<>();
            Simulation.seed(seed).run(() -> {
                try (var group = TaskGroup.open()) {
                    for (String name : List.of("a", "b", "c", "d")) {
                        group.start(name, () -> order.add(name));
                    }
                    group.join();
                }
            });
            orders.add(List.copyOf(order));
        }
        assertThat(orders).hasSize(24);
    }

    @Simulated
    void timeJumpsExactlyToTheNextTimer(Simulation simulation) {
        long nanos = simulation.random().nextLong(1, ofDays(1000).toNanos());
        var start = simulation.clock().now();
        Sluice.sleep(ofNanos(nanos));
        assertThat(simulation.elapsed()).isEqualTo(ofNanos(nanos));
        assertThat(simulation.clock().now()).isEqualTo(start.plusNanos(nanos));
    }

    @Simulated(seeds = 20)
    void timeStandsStillWhileSomebodyCanRun(Simulation simulation) {
        for (int i = 0; i < 100; i++) {
            Sluice.yield();
        }
        assertThat(simulation.elapsed()).isZero();
        assertThat(simulation.steps()).isEqualTo(101);
    }

    @Simulated
    void awaitAllBlockedLetsTheOthersFinishBeforeTimePasses(Simulation simulation) {
        List<String> seen = new ArrayList<>();
        try (var group = TaskGroup.open()) {
            group.start("worker", () -> {
                for (int i = 0; i < 10; i++) {
                    Sluice.yield();
                }
                seen.add("blocked");
                Sluice.sleep(ofSeconds(1));
                seen.add("slept");
            });
            Simulation.awaitAllBlocked();
            seen.add("all blocked");
            assertThat(simulation.elapsed()).isZero();
            group.join();
        }
        assertThat(seen).containsExactly("blocked", "all blocked", "slept");
    }

    @Simulated
    void severalWhoAwaitAllBlockedTakeTurns() {
        List<String> seen = new ArrayList<>();
        try (var group = TaskGroup.open()) {
            for (String name : List.of("a", "b")) {
                group.start(name, () -> {
                    Simulation.awaitAllBlocked();
                    seen.add(name);
                    Sluice.yield();
                    Sluice.yield();
                    seen.add(name);
                });
            }
            group.join();
        }
        assertThat(seen.get(0)).isEqualTo(seen.get(1));
        assertThat(seen.get(2)).isEqualTo(seen.get(3));
    }

    @Simulated
    void awaitAllBlockedCanBeCancelled(Simulation simulation) {
        try (var group = TaskGroup.open()) {
            var waiting = group.start("waiting", Simulation::awaitAllBlocked);
            group.start("canceller", () -> {
                waiting.cancel("enough");
                Sluice.yield();
            });
            group.join();
        }
        assertThat(simulation.elapsed()).isZero();
    }

    @Simulated(seeds = 20)
    void offloadedWorkRunsOnTheLoop(Simulation simulation) {
        Loop loop = Loop.current();
        assertThat(Sluice.<Loop, RuntimeException>offload(Loop::current)).isSameAs(loop);
        assertThat(Simulation.current()).isSameAs(simulation);
    }

    @Simulated(seeds = 20)
    void nestedRunIsPartOfTheSimulation(Simulation simulation) {
        Sluice.run(() -> Sluice.sleep(ofHours(3)));
        assertThat(simulation.elapsed()).isEqualTo(ofHours(3));
    }

    @Simulated
    void randomValuesComeFromTheSeed(Simulation simulation) {
        Simulation same = Simulation.seed(simulation.seed());
        Simulation other = Simulation.seed(simulation.seed() + 1);
        long value = simulation.random().nextLong();
        assertThat(same.random().nextLong()).isEqualTo(value);
        assertThat(other.random().nextLong()).isNotEqualTo(value);
    }

    @Test
    void drawingValuesDoesNotChangeTheOrder() {
        assertThat(orderOf(5, 0)).isEqualTo(orderOf(5, 7));
    }

    private static String orderOf(long seed, int draws) {
        Simulation simulation = Simulation.seed(seed);
        simulation.run(() -> {
            simulation.random().longs(draws).forEach(value -> {});
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 10; i++) {
                    group.start("t" + i, Sluice::yield);
                }
                group.join();
            }
        });
        return simulation.trace();
    }

    @Simulated(seeds = 20)
    void parkNanosOfTheJdkEndsInVirtualTime(Simulation simulation) {
        LockSupport.parkNanos(ofHours(1).toNanos());
        assertThat(simulation.elapsed()).isEqualTo(ofHours(1));
    }

    @Simulated(seeds = 20)
    void objectWaitOfTheJdkEndsInVirtualTime(Simulation simulation) throws InterruptedException {
        Object monitor = new Object();
        synchronized (monitor) {
            while (simulation.elapsed().isZero()) {
                monitor.wait(1500);
            }
        }
        assertThat(simulation.elapsed()).isEqualTo(ofSeconds(1).plusMillis(500));
    }

    @Simulated(seeds = 20)
    void virtualThreadsOfTheJdkBelongToIt(Simulation simulation) throws InterruptedException {
        Thread thread = Thread.ofVirtual().name("plain").start(() -> Sluice.yield());
        thread.join();
        assertThat(simulation.trace()).contains("thread plain: start, by main");
    }

    @Simulated(seeds = 20)
    void contendedMonitorsGoOn(Simulation simulation) {
        Object monitor = new Object();
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < 3; i++) {
                group.start("t" + i, () -> {
                    synchronized (monitor) {
                        Sluice.sleep(ofSeconds(1));
                    }
                });
            }
            group.join();
        }
        assertThat(simulation.elapsed()).isGreaterThanOrEqualTo(ofSeconds(3));
    }

    @Test
    void twoSimulationsAtOnceDoNotDisturbEachOther() throws InterruptedException {
        String expected = traceOf(7);
        List<String> traces = new ArrayList<>();
        Thread other = Thread.ofPlatform().start(() -> traces.add(traceOf(7)));
        String mine = traceOf(7);
        other.join();
        assertThat(mine).isEqualTo(expected);
        assertThat(traces).containsExactly(expected);
    }

    @Test
    void seedsRunsEachOfThem() throws Exception {
        assertThatThrownBy(() -> Simulation.current()).isInstanceOf(IllegalStateException.class);
        List<Long> seeds = new ArrayList<>();
        Simulation.seeds(3, simulation -> seeds.add(simulation.seed()));
        List<Long> expected = Seeds.of(3).boxed().toList();
        assertThat(seeds).isEqualTo(expected);
    }

    @Test
    void theClockOfTheCallerIsThatOfItsLoop() {
        assertThat(Sluice.clock()).isSameAs(Clock.system());
        Simulation.seed(1).run(() -> {
            Clock clock = Sluice.clock();
            assertThat(clock)
                    .isSameAs(Simulation.current().clock())
                    .isSameAs(Loop.current().clock());
            long start = clock.nanoTime();
            Sluice.sleep(ofHours(2));
            assertThat(clock.nanoTime() - start).isEqualTo(ofHours(2).toNanos());
            assertThat(Sluice.<Clock, RuntimeException>offload(Sluice::clock)).isSameAs(clock);
        });
    }
}
