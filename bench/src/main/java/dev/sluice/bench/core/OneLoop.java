package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.bench.Load;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;

/// A load of ours: its body is a coroutine of a loop which stays open between measurements.
abstract class OneLoop implements Load {
    final Loops loops;

    OneLoop() {
        this(LoopsConfig.defaults());
    }

    OneLoop(LoopsConfig config) {
        loops = Loops.open(config);
    }

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
