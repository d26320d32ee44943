package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// A hundred thousand tasks that sleep for a tenth of a second, all at the same time. An operation is one task
/// with its sleep: user CPU is what counts, the wall includes the sleep itself (1000 ns of each of 100 000
/// operations).
final class Sleepers {
    private static final Duration NAP = Duration.ofMillis(100);
    private static final int AT_ONCE = 1000;

    private Sleepers() {}

    static final class OnLoop extends OneLoop {
        private long woken; // one loop

        @Override
        long body(long operations) {
            woken = 0;
            try (var group = TaskGroup.open()) {
                for (long i = 0; i < operations; i++) {
                    group.start("sleeper", () -> {
                        Sluice.sleep(NAP);
                        woken++;
                    });
                    if (i % AT_ONCE == 0) {
                        Sluice.yield();
                    }
                }
                group.join();
            }
            return woken;
        }
    }

    static final class JdkThreads extends OneVirtualThread {
        @Override
        long body(long operations) throws InterruptedException {
            var woken = new LongAdder();
            var threads = new Thread[Math.toIntExact(operations)];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = Thread.ofVirtual().name("sleeper").start(() -> nap(woken));
                if (i % AT_ONCE == 0) {
                    Thread.yield();
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            return woken.sum();
        }

        private static void nap(LongAdder woken) {
            try {
                Thread.sleep(NAP);
                woken.increment();
            } catch (InterruptedException e) {
                throw new IllegalStateException("sleep: interrupted, expected nobody to", e);
            }
        }
    }
}
