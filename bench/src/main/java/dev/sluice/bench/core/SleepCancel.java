package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A thousand tasks fall asleep for an hour and are cancelled one by one. An operation is one task from its
/// start to its end by cancellation: a timer armed and disarmed, a wait ended early, an exception thrown and
/// caught. Of the peer it is a sleep that is interrupted.
final class SleepCancel {
    static final int BATCH = 1000;
    private static final Duration HOUR = Duration.ofHours(1);

    private SleepCancel() {}

    static final class OnLoop extends OneLoop {
        @Override
        long body(long operations) {
            long cancelled = 0;
            List<Task<Void>> tasks = new ArrayList<>(BATCH);
            for (long done = 0; done < operations; done += BATCH) {
                tasks.clear();
                try (var group = TaskGroup.open()) {
                    for (int i = 0; i < BATCH; i++) {
                        tasks.add(group.start("sleeper", () -> Sluice.sleep(HOUR)));
                    }
                    Sluice.yield();
                    for (Task<Void> task : tasks) {
                        task.cancel("enough");
                    }
                    group.join();
                }
                for (Task<Void> task : tasks) {
                    cancelled += task.outcome().succeeded() ? 0 : 1;
                }
            }
            return cancelled;
        }
    }

    static final class JdkThreads extends OneVirtualThread {
        @Override
        long body(long operations) throws InterruptedException {
            long cancelled = 0;
            List<Thread> threads = new ArrayList<>(BATCH);
            boolean[] interrupted = new boolean[BATCH];
            for (long done = 0; done < operations; done += BATCH) {
                threads.clear();
                for (int i = 0; i < BATCH; i++) {
                    int me = i;
                    threads.add(Thread.ofVirtual().name("sleeper").start(() -> interrupted[me] = sleep()));
                }
                Thread.yield();
                for (Thread thread : threads) {
                    thread.interrupt();
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                for (boolean one : interrupted) {
                    cancelled += one ? 1 : 0;
                }
            }
            return cancelled;
        }

        private static boolean sleep() {
            try {
                Thread.sleep(HOUR);
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        }
    }
}
