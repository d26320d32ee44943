package dev.sluice.process;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Strand;

/// Picks how programs are started: by the kernel where the loop's poller performs operations, else by the JDK.
final class Starter {
    private Starter() {}

    static Child start(Command command) throws ProcessStartException {
        Strand.current().checkpoint();
        EventLoop loop = LoopCalls.currentLoop("start " + command);
        if (loop.simulated()) {
            throw new UnsupportedOperationException("start " + command + ": a simulated loop has no processes");
        }
        Running running =
                LoopCalls.possible(loop) ? KernelProcess.start(loop, command) : JdkProcess.start(loop, command);
        return Child.join(command, running, loop);
    }
}
