package dev.sluice.bench.ipc;

import dev.sluice.Sluice;
import dev.sluice.bench.Load;
import dev.sluice.loop.Loops;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolTask;
import dev.sluice.sync.Event;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/// An operation is a call of a function that returns its argument, in one of two worker processes.
final class PoolCalls implements Load {
    static final int WORKERS = 2;

    /// Arguments are below this.
    static final int NUMBERS = 1000;

    private static final int FIRST = 5000;

    private final int inFlight;
    private final Loops loops = Loops.open();
    private final Event ended = new Event("end of the load");
    private final Pool pool;

    /// Opens it and waits until both workers are there and have run some calls: they are JVMs that warm up, too.
    ///
    /// @param inFlight how many calls have been submitted and not been waited for, at most
    private PoolCalls(int inFlight) throws Exception {
        this.inFlight = inFlight;
        var opened = new CompletableFuture<Pool>();
        loops.loop(0).execute(() -> {
            try (Pool mine = Pool.processes(WORKERS)) {
                opened.complete(mine);
                ended.await();
            }
        });
        this.pool = opened.join();
        do {
            run(FIRST);
        } while (pool.statistics().workers() < WORKERS);
    }

    static PoolCalls of(int inFlight) {
        try {
            return new PoolCalls(inFlight);
        } catch (Exception e) {
            throw new IllegalStateException("calls of a pool", e);
        }
    }

    static int same(int number) {
        return number;
    }

    @Override
    public long run(long operations) throws Exception {
        return Sluice.callOn(loops.loop(0), "bench", () -> calls(operations));
    }

    private long calls(long operations) {
        long sum = 0;
        Queue<PoolTask<Integer>> tasks = new ArrayDeque<>(inFlight);
        for (long i = 0; i < operations; i++) {
            if (tasks.size() == inFlight) {
                sum += tasks.remove().get();
            }
            tasks.add(pool.submit(PoolCalls::same, (int) (i % NUMBERS)));
        }
        for (PoolTask<Integer> task : tasks) {
            sum += task.get();
        }
        return sum;
    }

    @Override
    public void close() {
        ended.set();
        pool.close();
        loops.close();
    }
}
