package dev.sluice.session;

import dev.sluice.internal.strand.Completion;
import dev.sluice.layer.Frames;
import dev.sluice.session.SessionException.End;
import dev.sluice.session.SessionException.Problem;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Sends what nobody can wait for: that a caller was cancelled, answers to questions, the goodbye.
///
/// Invariant: each call is cancelled once, so no more frames wait than there are calls, and a few more; who
/// makes them more is a peer that asks and does not read, which the reader of frames finds by [#isFull].
///
/// Threads: `send` one coroutine; the rest any, under the session's lock.
final class Post {
    private static final int SPARE = 64;

    private final Frames frames;
    private final ReentrantLock lock; // the session's
    private final int most;
    private final Completion<Boolean> sent = new Completion<>();

    // Guarded by lock.
    private final ArrayDeque<CallFrame> waiting = new ArrayDeque<>();
    private @Nullable Completion<Boolean> arrival; // what the sender waits for
    private boolean ended;

    Post(Frames frames, ReentrantLock lock, int calls) {
        this.frames = frames;
        this.lock = lock;
        this.most = calls + SPARE;
    }

    /// Sends a frame soon, unless it is over. Under the lock.
    void put(CallFrame frame) {
        if (!ended) {
            waiting.add(frame);
            wake();
        }
    }

    /// Whether more frames wait than a peer that reads can have caused. Under the lock.
    boolean isFull() {
        return waiting.size() >= most;
    }

    /// Nothing more will be put. Under the lock.
    void end() {
        ended = true;
        wake();
    }

    private void wake() {
        Completion<Boolean> asleep = arrival;
        if (asleep != null) {
            arrival = null;
            asleep.complete(true);
        }
    }

    /// Completed when everything has been sent, or cannot be.
    Completion<Boolean> sent() {
        return sent;
    }

    /// Sends until the end.
    ///
    /// @return why it could not go on, or null
    @Nullable End send(CallFrame.Wire wire) {
        try {
            CallFrame next = take();
            while (next != null) {
                frames.send(next, wire);
                next = take();
            }
            return null;
        } catch (IOException failed) {
            return new End(Problem.ENDED, String.valueOf(failed.getMessage()), failed);
        } finally {
            sent.complete(true);
        }
    }

    private @Nullable CallFrame take() {
        while (true) {
            Completion<Boolean> wait;
            lock.lock();
            try {
                CallFrame first = waiting.poll();
                if (first != null || ended) {
                    return first;
                }
                wait = new Completion<>();
                arrival = wait;
            } finally {
                lock.unlock();
            }
            wait.await("something to say on " + frames);
        }
    }
}
