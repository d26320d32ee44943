package dev.sluice.session;

import dev.sluice.internal.strand.Completion;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// What one side of a session has asked the other, to see whether it is there.
///
/// Threads: any; the session's lock guards all fields.
final class MuxPings {
    private final Mux mux;
    private final Map<Integer, Completion<Boolean>> asked = new HashMap<>(); // by the mark that the answer repeats
    private int next;

    MuxPings(Mux mux) {
        this.mux = mux;
    }

    /// Asks, and waits for the answer.
    ///
    /// @return how long that took
    /// @throws MuxException if the session ends before
    Duration ask(Clock clock, String blocker) throws IOException {
        long begun = clock.nanoTime();
        var answer = new Completion<Boolean>();
        int mark;
        mux.lock().lock();
        try {
            mux.check("ping");
            mark = next++;
            asked.put(mark, answer);
            mux.output().put(Frame.PING, Frame.SYN, 0, mark);
        } finally {
            mux.lock().unlock();
        }
        try {
            answer.await(blocker);
        } finally {
            forget(mark);
        }
        mux.lock().lock();
        try {
            mux.check("ping");
        } finally {
            mux.lock().unlock();
        }
        return Duration.ofNanos(clock.nanoTime() - begun);
    }

    private void forget(int mark) {
        mux.lock().lock();
        try {
            asked.remove(mark);
        } finally {
            mux.lock().unlock();
        }
    }

    /// An answer has come. Under the lock.
    void answered(int mark) {
        Completion<Boolean> waiting = asked.get(mark);
        if (waiting != null) {
            waiting.complete(true);
        }
    }

    /// No more answers will come. Under the lock.
    void end() {
        asked.values().forEach(waiting -> waiting.complete(true));
    }
}
