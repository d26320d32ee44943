package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.bench.Load;
import dev.sluice.sync.Lock;
import dev.sluice.sync.Semaphore;
import dev.sluice.task.TaskGroup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/// Two want the same lock, or permit, all the time, on one thread, and it is fair: each release hands it to the
/// other one, who is parked, and the next acquisition parks. An operation is one acquisition with its release.
final class HandOver {
    private HandOver() {}

    /// A lock or semaphore of some library.
    ///
    /// @param waiting how many wait for it
    private record Turn(Runnable acquire, Runnable release, IntSupplier waiting) {
        long play(long operations) {
            long played = 0;
            for (; played < operations / 2; played++) {
                acquire.run();
                release.run();
            }
            return played;
        }

        /// Keeps it until both wait, so that nobody finds it free.
        void begin(Runnable pass) {
            while (waiting.getAsInt() < 2) {
                pass.run();
            }
            release.run();
        }
    }

    private static Turn lock() {
        var lock = new Lock("bench");
        return new Turn(
                lock::acquire, lock::release, () -> lock.statistics().waiters().size());
    }

    private static Turn semaphore() {
        var semaphore = new Semaphore("bench", 1);
        return new Turn(
                semaphore::acquire,
                semaphore::release,
                () -> semaphore.statistics().waiters().size());
    }

    private static Turn jdkLock() {
        var lock = new ReentrantLock(true);
        return new Turn(lock::lock, lock::unlock, lock::getQueueLength);
    }

    private static Turn jdkSemaphore() {
        var semaphore = new java.util.concurrent.Semaphore(1, true);
        return new Turn(semaphore::acquireUninterruptibly, semaphore::release, semaphore::getQueueLength);
    }

    private abstract static class OnLoop extends OneLoop {
        private final Turn turn;

        OnLoop(Turn turn) {
            this.turn = turn;
        }

        @Override
        long body(long operations) {
            turn.acquire().run();
            try (var group = TaskGroup.open()) {
                var first = group.start("first", () -> turn.play(operations));
                var second = group.start("second", () -> turn.play(operations));
                turn.begin(Sluice::yield);
                group.join();
                return first.get() + second.get();
            }
        }
    }

    static final class LockOnLoop extends OnLoop {
        LockOnLoop() {
            super(lock());
        }
    }

    static final class SemaphoreOnLoop extends OnLoop {
        SemaphoreOnLoop() {
            super(semaphore());
        }
    }

    /// The JDK's lock between coroutines of ours.
    static final class JdkLockOnLoop extends OnLoop {
        JdkLockOnLoop() {
            super(jdkLock());
        }
    }

    /// The JDK's semaphore between coroutines of ours.
    static final class JdkSemaphoreOnLoop extends OnLoop {
        JdkSemaphoreOnLoop() {
            super(jdkSemaphore());
        }
    }

    /// Virtual threads on the JDK's scheduler; they may run at the same time.
    private abstract static class Jdk implements Load {
        private final Turn turn;

        Jdk(Turn turn) {
            this.turn = turn;
        }

        @Override
        public long run(long operations) throws InterruptedException {
            long[] played = new long[2];
            var ended = new CountDownLatch(2);
            turn.acquire().run();
            for (int i = 0; i < 2; i++) {
                int player = i;
                Thread.ofVirtual().start(() -> {
                    played[player] = turn.play(operations);
                    ended.countDown();
                });
            }
            turn.begin(Thread::yield);
            ended.await();
            return played[0] + played[1];
        }
    }

    static final class JdkLock extends Jdk {
        JdkLock() {
            super(jdkLock());
        }
    }

    static final class JdkSemaphore extends Jdk {
        JdkSemaphore() {
            super(jdkSemaphore());
        }
    }
}
