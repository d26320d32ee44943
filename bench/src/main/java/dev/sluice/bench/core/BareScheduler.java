package dev.sluice.bench.core;

import dev.sluice.internal.sched.VirtualThreads;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/// The least that can schedule virtual threads: a queue that the calling thread runs until it is empty. It has
/// no timers, no I/O, no wake-up from other threads, and nobody looks at what it does: the floor under every
/// scheduler.
///
/// Threads: the one that calls `runAll`, and the virtual threads on it.
final class BareScheduler implements Executor {
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();

    /// By the same constructor of the JDK that our loops use.
    final Thread.Builder.OfVirtual builder = VirtualThreads.builder(this);

    @Override
    public void execute(Runnable continuation) {
        ready.add(continuation);
    }

    /// Runs until nothing is ready.
    void runAll() {
        for (Runnable next = ready.poll(); next != null; next = ready.poll()) {
            next.run();
        }
    }
}
