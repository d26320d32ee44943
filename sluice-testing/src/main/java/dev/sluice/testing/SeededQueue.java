package dev.sluice.testing;

import dev.sluice.internal.loop.ReadyQueue;
import java.util.random.RandomGenerator;

/// The ready coroutines, taken in an order drawn from the seed, each wrapped so that the world sees its step
/// begin and end.
///
/// Threads: the loop thread.
final class SeededQueue extends ReadyQueue {
    private final World world;
    private final RandomGenerator order;

    SeededQueue(World world, RandomGenerator order) {
        this.world = world;
        this.order = order;
    }

    @Override
    public void addFromOutside(Runnable continuation) {
        add(continuation, true);
    }

    @Override
    public void add(Runnable continuation) {
        add(continuation, false);
    }

    private void add(Runnable continuation, boolean fromOutside) {
        if (world.readied(continuation, fromOutside)) {
            super.add(continuation);
        }
    }

    @Override
    public Runnable take() {
        // One choice is no choice: it draws nothing, so that runs that differ little have much in common.
        int chosen = size == 1 ? 0 : order.nextInt(size);
        int last = ring.length - 1;
        Runnable continuation = ring[(head + chosen) & last];
        ring[(head + chosen) & last] = ring[head];
        ring[head] = continuation;
        return world.stepOf(takeFirst());
    }
}
