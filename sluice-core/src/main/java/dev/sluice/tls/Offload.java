package dev.sluice.tls;

import dev.sluice.internal.access.Engines;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Offloader;
import dev.sluice.internal.strand.Strand;

/// Computes at length off the loop, if the caller is on one.
final class Offload {
    private Offload() {}

    static <T, X extends Exception> T call(EventLoop loop, Offloader.Work<T, X> work) throws X {
        Strand caller = Strand.current();
        boolean here = caller.loop() == null || caller.isOffloaded() || loop.simulated();
        return here ? work.call() : Engines.offloader(loop).call(work);
    }
}
