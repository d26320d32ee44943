package dev.sluice.testing;

import static java.time.Duration.between;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A program that only knows the JDK's clocks; [JdkClockTest] starts it in a JVM with the flags, where it ends
/// at once.
final class JdkClockProbe {
    private JdkClockProbe() {}

    public static void main(String[] args) throws InterruptedException {
        long start = System.nanoTime();
        for (long seed = 0; seed < 50; seed++) {
            Simulation simulation = Simulation.seed(seed);
            simulation.run(JdkClockProbe::sleepForDays);
            require(simulation.elapsed().equals(ofDays(3)), "elapsed", simulation.elapsed());
            Simulation.seed(seed).run(JdkClockProbe::waitInTheJdk);
        }
        require(Duration.ofNanos(System.nanoTime() - start).compareTo(ofDays(1)) < 0, "real time", "virtual");
        require(Instant.now().isAfter(VirtualClock.EPOCH.plus(ofDays(3653))), "real date", Instant.now());
        IO.println("done");
    }

    private static void sleepForDays() throws InterruptedException {
        long nanos = System.nanoTime();
        long millis = System.currentTimeMillis();
        Instant instant = Instant.now();
        require(instant.equals(VirtualClock.EPOCH), "instant", instant);
        Thread.sleep(ofDays(3));
        require(System.nanoTime() - nanos == ofDays(3).toNanos(), "nanoTime", System.nanoTime() - nanos);
        require(System.currentTimeMillis() - millis == ofDays(3).toMillis(), "millis", System.currentTimeMillis());
        require(between(instant, Instant.now()).equals(ofDays(3)), "instant", Instant.now());
        require(Simulation.current().steps() == 2, "steps", Simulation.current().steps());
    }

    private static void waitInTheJdk() throws InterruptedException {
        var queue = new LinkedBlockingQueue<Integer>();
        try (var group = TaskGroup.open()) {
            group.start("late", () -> {
                Thread.sleep(ofMillis(1500));
                queue.put(1);
            });
            require(queue.poll(1, TimeUnit.SECONDS) == null, "first poll", "a value");
            require(Integer.valueOf(1).equals(queue.poll(1, TimeUnit.SECONDS)), "second poll", "no value");
            require(
                    Simulation.current().elapsed().equals(ofMillis(1500)),
                    "poll",
                    Simulation.current().elapsed());
            require(!new CountDownLatch(1).await(5, TimeUnit.SECONDS), "latch", "opened");
            require(Simulation.current().elapsed().equals(ofMillis(1500).plus(ofSeconds(5))), "latch", "early");
            group.join();
        }
    }

    private static void require(boolean holds, String what, Object value) {
        if (!holds) {
            throw new AssertionError("clocks of the JDK: " + what + "=" + value);
        }
    }
}
