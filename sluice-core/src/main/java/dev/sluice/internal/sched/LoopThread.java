package dev.sluice.internal.sched;

import org.jspecify.annotations.Nullable;

/// The OS thread of a loop. It carries the loop's coroutines, so that "on which loop am I" is a field of the
/// carrier.
///
/// A thread local cannot say it: a coroutine does not see those of its carrier. A scoped value cannot either:
/// it follows a child to another loop.
public final class LoopThread extends Thread {
    /// What this thread belongs to; set by the constructor's caller before the start.
    private final Object owner;

    public LoopThread(Object owner, String name, Runnable body) {
        super(null, body, name, 0, false);
        this.owner = owner;
        setDaemon(true);
    }

    /// The owner of the loop thread that the current thread runs on, or null.
    public static @Nullable Object currentOwner() {
        return VirtualThreads.currentCarrier() instanceof LoopThread thread ? thread.owner : null;
    }
}
