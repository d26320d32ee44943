package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.bench.Load;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.sync.Condition;
import dev.sluice.sync.Lock;
import dev.sluice.sync.Semaphore;
import dev.sluice.task.TaskGroup;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;

/// Two on two threads take turns, so that each waits for the other, whoever of them the operating system holds
/// up: by a lock and a condition, or by two semaphores. An operation is one turn. Ours are coroutines of two
/// loops, or one is a platform thread and the other a coroutine.
final class HandOverAcross {
    private HandOverAcross() {}

    /// One of two ways to take turns.
    @FunctionalInterface
    private interface Turns {
        /// Waits for the turn of player `me`, and gives it to the other one.
        void take(int me) throws InterruptedException;

        default long play(int me, long operations) throws InterruptedException {
            long played = 0;
            for (; played < operations / 2; played++) {
                take(me);
            }
            return played;
        }
    }

    private static final class Conditions implements Turns {
        private final Lock lock = new Lock("bench");
        private final Condition changed = lock.condition("changed");
        private int turn; // guarded by lock

        @Override
        public void take(int me) {
            lock.acquire();
            try {
                while (turn != me) {
                    changed.await();
                }
                turn = 1 - me;
                changed.signal();
            } finally {
                lock.release();
            }
        }
    }

    private static final class JdkConditions implements Turns {
        private final ReentrantLock lock = new ReentrantLock();
        private final java.util.concurrent.locks.Condition changed = lock.newCondition();
        private int turn; // guarded by lock

        @Override
        public void take(int me) throws InterruptedException {
            lock.lock();
            try {
                while (turn != me) {
                    changed.await();
                }
                turn = 1 - me;
                changed.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    private static Turns semaphores() {
        Semaphore[] turns = {new Semaphore(1), new Semaphore(1)};
        turns[1].acquire();
        return me -> {
            turns[me].acquire();
            turns[1 - me].release();
        };
    }

    private static Turns jdkSemaphores() {
        java.util.concurrent.Semaphore[] turns = {
            new java.util.concurrent.Semaphore(1), new java.util.concurrent.Semaphore(0)
        };
        return me -> {
            turns[me].acquire();
            turns[1 - me].release();
        };
    }

    private abstract static class TwoLoops implements Load {
        private final Turns turns;
        private final Loops loops = Loops.open(LoopsConfig.defaults().withCount(2));

        private TwoLoops(Turns turns) {
            this.turns = turns;
        }

        @Override
        public final long run(long operations) {
            return Sluice.callOn(loops.loop(0), "bench", () -> {
                try (var group = TaskGroup.open()) {
                    var first = group.start("first", () -> turns.play(0, operations));
                    var second = group.startOn(loops.loop(1), "second", () -> turns.play(1, operations));
                    group.join();
                    return first.get() + second.get();
                }
            });
        }

        @Override
        public final void close() {
            loops.close();
        }
    }

    static final class LockOnLoops extends TwoLoops {
        LockOnLoops() {
            super(new Conditions());
        }
    }

    static final class SemaphoreOnLoops extends TwoLoops {
        SemaphoreOnLoops() {
            super(semaphores());
        }
    }

    private abstract static class ThreadAndLoop implements Load {
        private final Turns turns;
        private final Loops loops = Loops.open();

        private ThreadAndLoop(Turns turns) {
            this.turns = turns;
        }

        @Override
        public final long run(long operations) throws Exception {
            var thread = new FutureTask<>(() -> turns.play(0, operations));
            Thread.ofPlatform().start(thread);
            return Sluice.callOn(loops.loop(0), "bench", () -> turns.play(1, operations)) + thread.get();
        }

        @Override
        public final void close() {
            loops.close();
        }
    }

    static final class LockToLoop extends ThreadAndLoop {
        LockToLoop() {
            super(new Conditions());
        }
    }

    static final class SemaphoreToLoop extends ThreadAndLoop {
        SemaphoreToLoop() {
            super(semaphores());
        }
    }

    private abstract static class TwoThreads implements Load {
        private final Turns turns;
        private final List<Thread.Builder> threads;

        private TwoThreads(Turns turns, Thread.Builder first, Thread.Builder second) {
            this.turns = turns;
            this.threads = List.of(first, second);
        }

        @Override
        public final long run(long operations) throws InterruptedException {
            long[] played = new long[2];
            var ended = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                int player = i;
                threads.get(i).start(() -> {
                    try {
                        played[player] = turns.play(player, operations);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("player " + player + ": interrupted, expected nobody to", e);
                    }
                    ended.countDown();
                });
            }
            ended.await();
            return played[0] + played[1];
        }
    }

    static final class JdkLockPlatform extends TwoThreads {
        JdkLockPlatform() {
            super(new JdkConditions(), Thread.ofPlatform(), Thread.ofPlatform());
        }
    }

    static final class JdkLockVirtual extends TwoThreads {
        JdkLockVirtual() {
            super(new JdkConditions(), Thread.ofVirtual(), Thread.ofVirtual());
        }
    }

    static final class JdkSemaphorePlatform extends TwoThreads {
        JdkSemaphorePlatform() {
            super(jdkSemaphores(), Thread.ofPlatform(), Thread.ofPlatform());
        }
    }

    static final class JdkSemaphoreVirtual extends TwoThreads {
        JdkSemaphoreVirtual() {
            super(jdkSemaphores(), Thread.ofVirtual(), Thread.ofVirtual());
        }
    }

    static final class JdkLockToVirtual extends TwoThreads {
        JdkLockToVirtual() {
            super(new JdkConditions(), Thread.ofPlatform(), Thread.ofVirtual());
        }
    }

    static final class JdkSemaphoreToVirtual extends TwoThreads {
        JdkSemaphoreToVirtual() {
            super(jdkSemaphores(), Thread.ofPlatform(), Thread.ofVirtual());
        }
    }
}
