package dev.sluice.bench.core;

import dev.sluice.bench.Load;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Deferred;

/// Starts a thousand tasks, waits for all of them, adds up their results. An operation is one task. Who starts
/// them is a coroutine or virtual thread itself. Only ours and Kotlin's cancel the others when one fails; the
/// bare threads hand over no outcome but a field, and the JDK's run on as many cores as there are.
final class StartJoin {
    static final int BATCH = 1000;

    private StartJoin() {}

    static final class OnLoop extends OneLoop {
        @Override
        long body(long operations) {
            long sum = 0;
            List<Task<Integer>> tasks = new ArrayList<>(BATCH);
            for (long done = 0; done < operations; done += BATCH) {
                tasks.clear();
                try (var group = TaskGroup.open()) {
                    for (int i = 0; i < BATCH; i++) {
                        int result = i;
                        tasks.add(group.start("task", () -> result));
                    }
                    group.join();
                }
                for (Task<Integer> task : tasks) {
                    sum += task.get();
                }
            }
            return sum;
        }
    }

    static final class JdkThreads extends OneVirtualThread {
        @Override
        long body(long operations) throws InterruptedException {
            long sum = 0;
            List<Thread> threads = new ArrayList<>(BATCH);
            int[] results = new int[BATCH];
            for (long done = 0; done < operations; done += BATCH) {
                threads.clear();
                for (int i = 0; i < BATCH; i++) {
                    int result = i;
                    threads.add(Thread.ofVirtual().name("task").start(() -> results[result] = result));
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                for (int result : results) {
                    sum += result;
                }
            }
            return sum;
        }
    }

    static final class JdkExecutor extends OneVirtualThread {
        @Override
        long body(long operations) throws InterruptedException, ExecutionException {
            long sum = 0;
            List<Future<Integer>> futures = new ArrayList<>(BATCH);
            for (long done = 0; done < operations; done += BATCH) {
                futures.clear();
                try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int i = 0; i < BATCH; i++) {
                        int result = i;
                        futures.add(executor.submit(() -> result));
                    }
                }
                for (Future<Integer> future : futures) {
                    sum += future.get();
                }
            }
            return sum;
        }
    }

    static final class Bare implements Load {
        private final BareScheduler scheduler = new BareScheduler();
        private long sum;

        @Override
        public long run(long operations) {
            sum = 0;
            scheduler.builder.start(() -> sum = body(operations));
            scheduler.runAll();
            return sum;
        }

        private long body(long operations) {
            long all = 0;
            List<Thread> threads = new ArrayList<>(BATCH);
            int[] results = new int[BATCH];
            for (long done = 0; done < operations; done += BATCH) {
                threads.clear();
                for (int i = 0; i < BATCH; i++) {
                    int result = i;
                    Thread thread = scheduler.builder.unstarted(() -> results[result] = result);
                    thread.setName("task");
                    thread.start();
                    threads.add(thread);
                }
                for (Thread thread : threads) {
                    join(thread);
                }
                for (int result : results) {
                    all += result;
                }
            }
            return all;
        }

        private static void join(Thread thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("join " + thread + ": interrupted, expected nobody to", e);
            }
        }
    }

    /// On the event loop of `runBlocking`, which ends when its children have: the nearest to a group on one
    /// loop.
    static final class KotlinAsync implements Load {
        @Override
        public long run(long operations) throws InterruptedException {
            long sum = 0;
            List<Deferred<Integer>> deferred = new ArrayList<>(BATCH);
            for (long done = 0; done < operations; done += BATCH) {
                deferred.clear();
                BuildersKt.runBlocking(EmptyCoroutineContext.INSTANCE, (scope, waiting) -> {
                    for (int i = 0; i < BATCH; i++) {
                        int result = i;
                        deferred.add(BuildersKt.async(
                                scope, EmptyCoroutineContext.INSTANCE, CoroutineStart.DEFAULT, (self, end) -> result));
                    }
                    return null;
                });
                for (Deferred<Integer> one : deferred) {
                    sum += one.getCompleted();
                }
            }
            return sum;
        }
    }
}
