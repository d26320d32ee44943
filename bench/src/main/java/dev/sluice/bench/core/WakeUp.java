package dev.sluice.bench.core;

import dev.sluice.bench.Load;
import dev.sluice.bench.Metric;
import dev.sluice.bench.Sample;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.loop.Loops;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread hands an action to another that sleeps. The latency is from the hand-over to the first line of the
/// action, the median of all operations. Between two of them there is time to fall asleep.
abstract class WakeUp implements Load {
    private static final long PAUSE_NANOS = 50_000;

    // Written by the action, read by the caller after it has seen `arrived`.
    private volatile long arrived;

    @Override
    public long run(long operations) throws Exception {
        return sample(operations).check();
    }

    @Override
    public Sample sample(long operations) throws Exception {
        long[] nanos = new long[Math.toIntExact(operations)];
        Thread caller = Thread.currentThread();
        Runnable action = () -> {
            arrived = System.nanoTime();
            LockSupport.unpark(caller);
        };
        for (int i = 0; i < nanos.length; i++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            arrived = 0;
            long start = System.nanoTime();
            hand(action);
            while (arrived == 0) {
                LockSupport.park(this);
            }
            nanos[i] = arrived - start;
        }
        Arrays.sort(nanos);
        return new Sample(operations, Map.of(Metric.LATENCY, (double) nanos[nanos.length / 2]));
    }

    abstract void hand(Runnable action);

    static final class OfLoop extends WakeUp {
        private final Loops loops = Loops.open();
        private final EventLoop loop = Engines.of(loops.loop(0));

        @Override
        void hand(Runnable action) {
            loop.submit(action);
        }

        @Override
        public void close() {
            loops.close();
        }
    }

    static final class OfQueue extends WakeUp {
        private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
        private final Thread taker = Thread.ofPlatform().daemon().start(this::take);

        private void take() {
            @Nullable Runnable action = null;
            try {
                do {
                    action = queue.take();
                    action.run();
                } while (true);
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        void hand(Runnable action) {
            queue.add(action);
        }

        @Override
        public void close() {
            taker.interrupt();
        }
    }
}
