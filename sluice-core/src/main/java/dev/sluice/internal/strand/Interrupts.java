package dev.sluice.internal.strand;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.sched.LoopThread;
import java.util.List;

/// Sends the interrupts of a cancellation.
///
/// An interrupt may close a JDK channel, and with it take locks that a coroutine holds: a bare loop thread, on
/// which a deadline ends, must not do that. It starts a coroutine that does.
final class Interrupts {
    private Interrupts() {}

    static void send(List<Strand> strands) {
        if (!(Thread.currentThread() instanceof LoopThread)) {
            sendNow(strands);
            return;
        }
        EventLoop loop = EventLoop.current();
        assert loop != null;
        loop.coroutine("sluice-interrupts", () -> sendNow(strands)).start();
    }

    private static void sendNow(List<Strand> strands) {
        for (Strand strand : strands) {
            strand.interruptNow();
        }
    }
}
