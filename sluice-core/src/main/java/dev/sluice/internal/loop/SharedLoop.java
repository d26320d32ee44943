package dev.sluice.internal.loop;

import dev.sluice.internal.poll.PollerChoice;
import dev.sluice.internal.poll.PollerConfig;
import dev.sluice.internal.poll.Pollers;

/// The loop of those who have none: it ends the waits of threads that use Sluice from outside of any loop.
///
/// Started at its first use; it ends with the JVM.
public final class SharedLoop {
    private static final EventLoop LOOP = start();

    private SharedLoop() {}

    private static EventLoop start() {
        var loop = new EventLoop(
                0,
                "sluice-shared",
                LoopSeams.production(
                        Pollers.open(PollerChoice.NIO, PollerConfig.defaults()).poller()));
        loop.start();
        return loop;
    }

    public static EventLoop get() {
        return LOOP;
    }
}
