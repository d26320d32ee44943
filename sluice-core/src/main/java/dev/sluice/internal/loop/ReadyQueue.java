package dev.sluice.internal.loop;

import org.jspecify.annotations.Nullable;

/// The continuations that are ready to run on a loop, and the order in which they do.
///
/// Production is first in, first out; a simulation draws from a seed.
///
/// The slot before the first holds what was taken last, until the next is taken or nothing runs: there the
/// stall watch finds what holds the loop. Another field for it would be another reference stored, with a card
/// to mark, for each resume.
///
///     … ▏taken ▏head ▏     ▏     ▏ free … ▏        one slot is always free, so that `taken` is never written over
///
/// Threads: the loop thread only (a coroutine mounted on it counts as that thread), but for `running`.
public abstract class ReadyQueue {
    private static final int SMALL = 256;
    private static final int LARGE = 1 << 16;

    /// A power of two long; occupied from `head`, `size` elements.
    protected Runnable[] ring = new Runnable[SMALL];

    protected int head;
    protected int size;
    private int taken = SMALL - 1;

    /// Appends what another thread handed over.
    public void addFromOutside(Runnable continuation) {
        add(continuation);
    }

    /// Appends.
    public void add(Runnable continuation) {
        if (size == ring.length - 1) {
            resize(ring.length * 2);
        }
        ring[(head + size) & (ring.length - 1)] = continuation;
        size++;
    }

    /// Takes the next; the queue is not empty.
    public abstract Runnable take();

    public final int size() {
        return size;
    }

    public final boolean isEmpty() {
        return size == 0;
    }

    /// Gives memory back after a burst; called when the loop has time.
    final void trim() {
        if (size == 0 && ring.length > LARGE) {
            ring = new Runnable[SMALL];
            head = 0;
            taken = SMALL - 1;
        }
    }

    /// Takes from the front.
    @SuppressWarnings("NullAway") // a slot outside [head, head + size) is null
    protected final Runnable takeFirst() {
        assert size > 0 : "take from an empty ready queue";
        Runnable first = ring[head];
        ring[taken] = null;
        taken = head;
        head = (head + 1) & (ring.length - 1);
        size--;
        return first;
    }

    /// What was taken last, while it runs; null when nothing does. Any thread: a hint, which may be one resume
    /// old.
    final @Nullable Runnable running() {
        Runnable[] now = ring;
        return now[taken & (now.length - 1)];
    }

    /// Nothing runs any more.
    @SuppressWarnings("NullAway") // a slot outside [head, head + size) may be null
    final void idle() {
        ring[taken] = null;
    }

    private void resize(int capacity) {
        Runnable[] larger = new Runnable[capacity];
        int tail = Math.min(ring.length - head, size);
        System.arraycopy(ring, head, larger, 0, tail);
        System.arraycopy(ring, 0, larger, tail, size - tail);
        larger[capacity - 1] = ring[taken];
        ring = larger;
        head = 0;
        taken = capacity - 1;
    }

    /// First in, first out.
    public static final class Fifo extends ReadyQueue {
        @Override
        public Runnable take() {
            return takeFirst();
        }
    }
}
