package dev.sluice.internal.loop;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;

/// What is left behind by things that nobody can reach any more, and is cleared by a loop that has nothing else to
/// do. No loop is woken for it. A simulation leaves it: it does the same whatever the collector does.
///
/// Threads: any.
public final class Leftovers {
    private final EventLoop loop;
    private final ReferenceQueue<Object> unreachable = new ReferenceQueue<>();

    Leftovers(EventLoop loop) {
        this.loop = loop;
    }

    /// Where a reference to such a thing is registered: a [Runnable], which the loop's thread runs when the thing
    /// can be reached no more.
    public ReferenceQueue<Object> queue() {
        return unreachable;
    }

    /// Clears what one thing has left, at once on the loop's thread, else soon; costs a read if there is none.
    ///
    /// @return whether there was one
    public boolean clear() {
        Reference<?> gone = loop.simulated() ? null : unreachable.poll();
        if (gone instanceof Runnable work) {
            if (loop.onLoop()) {
                loop.act(work);
            } else {
                loop.submit(work);
            }
        }
        return gone != null;
    }
}
