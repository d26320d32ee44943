package dev.sluice.session;

import dev.sluice.internal.strand.Completion;
import dev.sluice.session.SessionException.End;
import dev.sluice.session.SessionException.Problem;
import dev.sluice.task.Deadline;
import dev.sluice.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Looks whether the peer of a session is there, and whether the session is of use.
///
/// Threads: `watch` one coroutine, `ping` any; the rest under the session's lock, which guards all that
/// changes.
final class Heartbeat {
    private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Session session;
    private final SessionConfig config;
    private final Clock clock;
    private final ReentrantLock lock; // the session's
    private final Post post;

    // Guarded by lock.
    private final Map<Long, Completion<Boolean>> asked = new HashMap<>();
    private long marks;
    private long heardNanos; // when something came last
    private long busyNanos; // when a call began or ended last

    Heartbeat(Session session, SessionConfig config, Post post) {
        this.session = session;
        this.config = config;
        this.clock = session.loop().clock();
        this.lock = session.lock();
        this.post = post;
        this.heardNanos = clock.nanoTime();
        this.busyNanos = heardNanos;
    }

    /// Something has come.
    void heard() {
        heardNanos = clock.nanoTime();
    }

    /// A call begins or has ended.
    void busy() {
        busyNanos = clock.nanoTime();
    }

    /// The peer is there.
    void answered(long mark) {
        Completion<Boolean> waiting = asked.get(mark);
        if (waiting != null) {
            waiting.complete(true);
        }
    }

    /// The session is over.
    void end() {
        for (Completion<Boolean> waiting : asked.values()) {
            waiting.complete(true);
        }
    }

    Duration ping() throws SessionException {
        long begun = clock.nanoTime();
        var answer = new Completion<Boolean>();
        long mark;
        lock.lock();
        try {
            session.requireOpen("ping");
            mark = marks++;
            asked.put(mark, answer);
            post.put(new CallFrame.Ping(mark));
        } finally {
            lock.unlock();
        }
        try {
            answer.await("an answer on the " + session);
        } finally {
            forget(mark);
        }
        session.requireOpen("ping");
        return Duration.ofNanos(clock.nanoTime() - begun);
    }

    private void forget(long mark) {
        lock.lock();
        try {
            asked.remove(mark);
        } finally {
            lock.unlock();
        }
    }

    /// Looks, until the session is over.
    void watch(Completion<End> over) {
        try {
            Duration rest = look();
            while (!Deadline.after(rest).tryRun(() -> over.await("calls on the " + session))) {
                rest = look();
            }
        } catch (SessionException ended) {
            // By somebody else, while the peer was asked.
        }
    }

    /// @return how long until the next look
    private Duration look() throws SessionException {
        if (left(config.keepAlive(), since(() -> heardNanos)).isZero()
                && !Deadline.after(config.answer()).tryRun(this::ping)) {
            session.endWith(new End(Problem.NO_ANSWER, "no answer within " + config.answer()));
            session.abort();
        }
        boolean busy = session.isBusy();
        if (!busy && left(config.idle(), since(() -> busyNanos)).isZero()) {
            session.goAway("idle for " + config.idle());
            return left(config.keepAlive(), since(() -> heardNanos));
        }
        Duration idle = left(config.idle(), busy ? 0 : since(() -> busyNanos));
        Duration silent = left(config.keepAlive(), since(() -> heardNanos));
        return idle.compareTo(silent) < 0 ? idle : silent;
    }

    private interface Reading {
        long nanos();
    }

    private long since(Reading then) {
        lock.lock();
        try {
            return clock.nanoTime() - then.nanos();
        } finally {
            lock.unlock();
        }
    }

    /// @param limit zero: there is none
    private static Duration left(Duration limit, long passed) {
        if (limit.isZero()) {
            return NEVER;
        }
        Duration rest = limit.minusNanos(passed);
        return rest.isNegative() ? Duration.ZERO : rest;
    }
}
