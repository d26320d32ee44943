package dev.sluice.bench.core;

import dev.sluice.sync.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// One coroutine takes a lock that nobody else wants, and releases it: an operation. Ours is fair, notes its
/// owner and looks for cancellation; so the peer is the JDK's fair lock.
final class FreeLock {
    private FreeLock() {}

    static final class OnLoop extends OneLoop {
        private final Lock lock = new Lock("bench");

        @Override
        long body(long operations) {
            long done = 0;
            while (done < operations) {
                lock.acquire();
                try {
                    done++;
                } finally {
                    lock.release();
                }
            }
            return done;
        }
    }

    static final class Jdk extends OneVirtualThread {
        private final ReentrantLock lock = new ReentrantLock(true);

        @Override
        long body(long operations) {
            long done = 0;
            while (done < operations) {
                lock.lock();
                try {
                    done++;
                } finally {
                    lock.unlock();
                }
            }
            return done;
        }
    }
}
