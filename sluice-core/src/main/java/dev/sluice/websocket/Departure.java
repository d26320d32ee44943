package dev.sluice.websocket;

import dev.sluice.internal.access.Engines;
import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.loop.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// When a side says that it goes away: as soon as its receiver waits for the peer, so that what was received before
/// can be answered. A coroutine of its own says it: a peer that sends and does not read yet holds that up, and
/// the receiver goes on.
///
/// Invariant: it is said once; one of the two finds both the receiver waiting and the wish to go, for each sets
/// its own and then looks at the other's.
///
/// Threads: `waits` and `goesOn` by the receiver, `begin` by a coroutine.
final class Departure {
    private final String name;
    private final Runnable farewell;
    private final AtomicBoolean said = new AtomicBoolean(); // any thread

    private volatile boolean waiting; // written by the receiver; pairs with `leaving`
    private volatile @Nullable EventLoop leaving; // written by begin: where it is said; pairs with `waiting`

    Departure(String name, Runnable farewell) {
        this.name = name;
        this.farewell = farewell;
    }

    /// This side wants to go. Does not wait.
    void begin() {
        leaving = LoopCalls.currentLoop(name);
        if (waiting) {
            say();
        }
    }

    /// The receiver is about to wait for the peer.
    void waits() {
        waiting = true;
        if (leaving != null) {
            say();
        }
    }

    /// The receiver does not wait any more.
    void goesOn() {
        waiting = false;
    }

    private void say() {
        EventLoop loop = leaving;
        assert loop != null : name + ": nobody has begun";
        if (said.compareAndSet(false, true)) { // pairs with itself: one of the two callers finds it unset
            try {
                Engines.root(Engines.face(loop).loops()).launch(loop, name, farewell);
            } catch (IllegalStateException closed) {
                // The loops take nothing new: they are being closed, which ends all that they serve.
            }
        }
    }
}
