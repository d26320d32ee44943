package dev.sluice.bench.channel;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// Where senders and receivers run.
interface Place extends AutoCloseable {
    /// Runs them all.
    ///
    /// @return the sum of what they returned
    long run(List<Callable<Long>> senders, List<Callable<Long>> receivers) throws Exception;

    /// Makes a load where its receivers run: what is confined to a loop must be told there.
    default ChannelLoad make(Supplier<ChannelLoad> load) {
        return load.get();
    }

    /// Whether the stages of a chain are by turns at the senders' and at the receivers' end; else all are at
    /// the receivers'.
    default boolean stagesAlternate() {
        return false;
    }

    @Override
    default void close() {}

    /// All are coroutines of one loop.
    static Place oneLoop() {
        return new OnLoops(1);
    }

    /// Senders and receivers are on different loops.
    static Place twoLoops() {
        return new OnLoops(2);
    }

    /// Senders are platform threads, receivers are coroutines of a loop.
    static Place threadToLoop() {
        return new ThreadToLoop();
    }

    /// All are virtual threads on the JDK's scheduler.
    static Place virtualThreads() {
        return new OnThreads(Thread.ofVirtual(), Thread.ofVirtual());
    }

    /// All are platform threads.
    static Place platformThreads() {
        return new OnThreads(Thread.ofPlatform(), Thread.ofPlatform());
    }

    /// Senders are platform threads, receivers are virtual ones.
    static Place threadToVirtual() {
        return new OnThreads(Thread.ofPlatform(), Thread.ofVirtual());
    }

    /// Coroutines of ours.
    final class OnLoops implements Place {
        private final Loops loops;
        private final Loop sending;
        private final Loop receiving;

        private OnLoops(int count) {
            loops = Loops.open(LoopsConfig.defaults().withCount(count));
            sending = loops.loop(0);
            receiving = loops.loop(count - 1);
        }

        @Override
        public long run(List<Callable<Long>> senders, List<Callable<Long>> receivers) {
            return Sluice.callOn(receiving, "bench", () -> {
                List<Task<Long>> tasks = new ArrayList<>(senders.size() + receivers.size());
                try (var group = TaskGroup.open()) {
                    senders.forEach(sender -> tasks.add(group.startOn(sending, "sender", sender)));
                    receivers.forEach(receiver -> tasks.add(group.startOn(receiving, "receiver", receiver)));
                    group.join();
                }
                return tasks.stream().mapToLong(Task::get).sum();
            });
        }

        @Override
        public ChannelLoad make(Supplier<ChannelLoad> load) {
            return Sluice.callOn(receiving, "make", load::get);
        }

        @Override
        public boolean stagesAlternate() {
            return sending != receiving;
        }

        @Override
        public void close() {
            loops.close();
        }
    }

    /// Coroutines of ours, and threads that are not.
    final class ThreadToLoop implements Place {
        private final Loops loops = Loops.open();

        private ThreadToLoop() {}

        @Override
        public long run(List<Callable<Long>> senders, List<Callable<Long>> receivers) throws Exception {
            List<FutureTask<Long>> sending = OnThreads.start(Thread.ofPlatform(), senders);
            long received = Sluice.callOn(loops.loop(0), "bench", () -> {
                List<Task<Long>> tasks = new ArrayList<>(receivers.size());
                try (var group = TaskGroup.open()) {
                    receivers.forEach(receiver -> tasks.add(group.start("receiver", receiver)));
                    group.join();
                }
                return tasks.stream().mapToLong(Task::get).sum();
            });
            return received + OnThreads.sum(sending);
        }

        @Override
        public void close() {
            loops.close();
        }
    }

    /// Threads of the JDK.
    record OnThreads(Thread.Builder sending, Thread.Builder receiving) implements Place {
        @Override
        public long run(List<Callable<Long>> senders, List<Callable<Long>> receivers) throws Exception {
            List<FutureTask<Long>> sent = start(sending, senders);
            List<FutureTask<Long>> received = start(receiving, receivers);
            return sum(sent) + sum(received);
        }

        static List<FutureTask<Long>> start(Thread.Builder threads, List<Callable<Long>> bodies) {
            List<FutureTask<Long>> tasks = new ArrayList<>(bodies.size());
            for (Callable<Long> body : bodies) {
                var task = new FutureTask<>(body);
                threads.start(task);
                tasks.add(task);
            }
            return tasks;
        }

        static long sum(List<FutureTask<Long>> tasks) throws Exception {
            long sum = 0;
            for (FutureTask<Long> task : tasks) {
                sum += task.get();
            }
            return sum;
        }
    }
}
