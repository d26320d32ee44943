package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.loop.LoopsConfig;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A coroutine has a platform thread compute a value and waits for it. An operation is the way there and back;
/// both threads sleep in between. The peer is a virtual thread that submits to a pool and gets the future; it
/// bounds its threads alike, but hands on neither deadline nor cancellation nor locals.
final class OffloadCall {
    private OffloadCall() {}

    static final class OnLoop extends OneLoop {
        @Override
        long body(long operations) {
            long sum = 0;
            for (long i = 0; i < operations; i++) {
                long word = i;
                sum += Sluice.offload(() -> word);
            }
            return sum;
        }
    }

    static final class JdkPool extends OneVirtualThread {
        private final ExecutorService pool =
                Executors.newFixedThreadPool(LoopsConfig.defaults().offloadThreads());

        @Override
        long body(long operations) throws InterruptedException, ExecutionException {
            long sum = 0;
            for (long i = 0; i < operations; i++) {
                long word = i;
                sum += pool.submit(() -> word).get();
            }
            return sum;
        }

        @Override
        public void close() {
            pool.shutdownNow();
        }
    }
}
