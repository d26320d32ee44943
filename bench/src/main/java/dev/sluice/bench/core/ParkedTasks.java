package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.bench.Load;
import dev.sluice.bench.Metric;
import dev.sluice.bench.Sample;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Very many tasks that all wait for one event: the heap that each takes while it waits, the time until the
/// last one waits, and the time from the event until all have ended. Heap is what is live after a collection,
/// less what was before.
final class ParkedTasks {
    /// After so many starts the starter lets the others run; holding a loop for long would be reported.
    private static final int AT_ONCE = 1000;

    private ParkedTasks() {}

    /// What a run measured, and the three moments that it is measured at.
    private static final class Watch {
        private final long tasks;
        private final long heapBefore = liveHeap();
        private final long start = System.nanoTime();
        private long parked;
        private long heap;
        private long end;

        Watch(long tasks) {
            this.tasks = tasks;
        }

        void allParked() {
            parked = System.nanoTime() - start;
            heap = liveHeap() - heapBefore;
        }

        void endBegins() {
            end = System.nanoTime();
        }

        Sample allEnded(long check) {
            double started = parked / 1e9;
            double ended = (System.nanoTime() - end) / 1e9;
            Map<Metric, Double> values = new EnumMap<>(Metric.class);
            values.put(Metric.HEAP, (double) heap / tasks);
            values.put(Metric.START, started);
            values.put(Metric.END, ended);
            values.put(Metric.START_AND_END, started + ended);
            return new Sample(check, values);
        }

        private static long liveHeap() {
            System.gc();
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        }
    }

    static final class OnLoop extends OneLoop {
        private long arrived;
        private long left;

        OnLoop() {
            // Opening the gate resumes everybody in one step: the work here, not a stall.
            super(LoopsConfig.defaults().withStallLimit(Duration.ZERO));
        }

        @Override
        long body(long operations) {
            throw new IllegalStateException("parked tasks: measured by sample only");
        }

        @Override
        public Sample sample(long operations) throws Exception {
            return Sluice.callOn(loops.loop(0), "bench", () -> parkAll(operations));
        }

        private Sample parkAll(long tasks) {
            arrived = 0;
            left = 0;
            var watch = new Watch(tasks);
            var gate = new Promise<String>();
            try (var group = TaskGroup.open()) {
                for (long i = 0; i < tasks; i++) {
                    group.start("parked", () -> {
                        arrived++;
                        gate.await();
                        left++;
                    });
                    if (i % AT_ONCE == 0) {
                        Sluice.yield();
                    }
                }
                while (arrived < tasks) {
                    Sluice.yield();
                }
                Sluice.offload(watch::allParked);
                watch.endBegins();
                gate.complete("open");
                group.join();
            }
            return watch.allEnded(left);
        }
    }

    static final class JdkThreads implements Load {
        @Override
        public long run(long operations) {
            throw new IllegalStateException("parked tasks: measured by sample only");
        }

        @Override
        public Sample sample(long operations) throws Exception {
            var watch = new Watch(operations);
            int tasks = Math.toIntExact(operations);
            var arrived = new CountDownLatch(tasks);
            var gate = new CountDownLatch(1);
            var left = new CountDownLatch(tasks);
            var starter = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < tasks; i++) {
                    Thread.ofVirtual().name("parked").start(() -> {
                        arrived.countDown();
                        awaitOpen(gate);
                        left.countDown();
                    });
                    if (i % AT_ONCE == 0) {
                        Thread.yield();
                    }
                }
            });
            starter.join();
            arrived.await();
            watch.allParked();
            watch.endBegins();
            gate.countDown();
            left.await();
            return watch.allEnded(tasks - left.getCount());
        }

        private static void awaitOpen(CountDownLatch gate) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("gate: interrupted, expected nobody to", e);
            }
        }
    }
}
