package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Threads of which one runs at a time, from one of its steps to the next, in an order that is drawn from a
/// seed: each history of theirs can be had again.
///
/// Threads: the test's.
final class Interleaved {
    private static final int PATIENCE_SECONDS = 60;
    private static final int MOST_AT_A_TIME = 24; // steps, on average

    private final Random random;
    private final List<Actor> actors = new ArrayList<>();
    private final Map<Thread, Actor> byThread = new ConcurrentHashMap<>();
    private final Semaphore back = new Semaphore(0);

    Interleaved(Random random) {
        this.random = random;
    }

    /// What a thread does.
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    /// Before one of its steps it ends, as if it were killed.
    private static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    private final class Actor {
        private final Body body;
        private final Semaphore go = new Semaphore(0);
        private int left; // steps to live
        private boolean ended; // by its thread, before it gives the turn back
        private Throwable wrong;

        Actor(Body body, int left) {
            this.body = body;
            this.left = left;
        }

        void run() {
            try {
                acquire(go);
                body.run();
            } catch (Death end) {
                // as planned
            } catch (Throwable e) {
                wrong = e;
            } finally {
                ended = true;
                back.release();
            }
        }

        void step() {
            if (left-- == 0) {
                throw new Death();
            }
            back.release();
            acquire(go);
        }
    }

    private static void acquire(Semaphore turn) {
        try {
            assertThat(turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Adds one that dies before its step of that number, from 0; none if it has fewer.
    void add(int death, Body body) {
        var actor = new Actor(body, death);
        actors.add(actor);
        byThread.put(Thread.ofPlatform().daemon().unstarted(actor::run), actor);
    }

    /// Runs them all to their ends.
    void run() {
        Steps.watch(_ -> {
            Actor own = byThread.get(Thread.currentThread());
            if (own != null) {
                own.step();
            }
        });
        try {
            byThread.keySet().forEach(Thread::start);
            List<Actor> running = new ArrayList<>(actors);
            int burst = 1 + random.nextInt(MOST_AT_A_TIME);
            Actor next = running.getFirst();
            while (!running.isEmpty()) {
                if (next.ended || random.nextInt(burst) == 0) {
                    next = running.get(random.nextInt(running.size()));
                }
                next.go.release();
                acquire(back);
                if (next.ended) {
                    running.remove(next);
                }
            }
        } finally {
            Steps.unwatch();
        }
        for (Actor actor : actors) {
            if (actor.wrong != null) {
                throw new AssertionError("in one of those that run", actor.wrong);
            }
        }
    }
}
