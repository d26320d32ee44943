package dev.sluice.internal.linux;

/// `sched.h`.
public final class Sched {
    private Sched() {}

    /// `sched_yield(2)`: lets other threads have this thread's processor, if any wait for it. It is for a thread
    /// that carries a coroutine: `Thread.yield` would only let other coroutines run.
    public static void yield(CallState state) {
        Native.call(state, SystemCall.SCHED_YIELD, 0);
    }
}
