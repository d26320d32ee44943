package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.bench.Load;
import dev.sluice.loop.Loops;

/// A load of ours: its body is a coroutine of a loop with the defaults, which stays open between measurements.
abstract class OneLoop implements Load {
    final Loops loops = Loops.open();

    @Override
    public final long run(long operations) throws Exception {
        return Sluice.callOn(loops.loop(0), "bench", () -> body(operations));
    }

    abstract long body(long operations) throws Exception;

    @Override
    public void close() {
        loops.close();
    }
}
