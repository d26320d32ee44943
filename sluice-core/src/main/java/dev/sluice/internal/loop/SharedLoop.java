package dev.sluice.internal.loop;

import dev.sluice.internal.poll.PollerChoice;
import dev.sluice.internal.poll.PollerConfig;
import dev.sluice.internal.poll.Pollers;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The loop of those who have none: it ends the waits of threads that use Sluice from outside of any loop.
///
/// Started at its first use; where that fails, the next use tries again. It ends with the JVM.
///
/// Threads: any but those of loops, which have one. `lock` guards the start.
public final class SharedLoop {
    private static final ReentrantLock lock = new ReentrantLock();

    /// Set once, under the lock, when it runs. Pairs with the read in get.
    private static volatile @Nullable EventLoop loop;

    private SharedLoop() {}

    public static EventLoop get() {
        EventLoop running = loop; // pairs with the write in started
        return running != null ? running : started();
    }

    /// [EventLoop#rest] of it, 0 while nobody has used it.
    public static long rest() {
        EventLoop running = loop; // pairs with the write in started
        return running == null ? 0 : running.rest();
    }

    private static EventLoop started() {
        lock.lock();
        try {
            EventLoop running = loop;
            if (running == null) {
                running = new EventLoop(
                        0,
                        "sluice-shared",
                        LoopSeams.production(Pollers.open(PollerChoice.NIO, PollerConfig.defaults())
                                .poller()));
                running.start();
                loop = running; // pairs with the read in get
            }
            return running;
        } finally {
            lock.unlock();
        }
    }
}
