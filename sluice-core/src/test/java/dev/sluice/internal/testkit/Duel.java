package dev.sluice.internal.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Platform threads that do something at the same time, many times.
///
/// The first is the judge: each round it prepares, then all act, then it looks at what came of it.
public final class Duel {
    /// How often tests fight: more with `-Dsluice.test.rounds`.
    public static final int ROUNDS = Integer.getInteger("sluice.test.rounds", 5_000);

    private static final int SPINS = 200;

    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final int fighters;

    private Duel(int fighters) {
        this.fighters = fighters;
    }

    /// The round of the judge.
    public interface Judge {
        default void prepare() throws Exception {}

        void act() throws Exception;

        void look() throws Exception;
    }

    public static void fight(int rounds, Judge judge, Runnable... others) throws Exception {
        var duel = new Duel(others.length + 1);
        List<Thread> threads = new ArrayList<>();
        threads.add(duel.start(() -> duel.judge(rounds, judge)));
        for (Runnable other : others) {
            threads.add(duel.start(() -> duel.oppose(rounds, other)));
        }
        for (Thread thread : threads) {
            Patience.join(thread);
        }
        if (duel.failure.get() != null) {
            throw new AssertionError(duel.failure.get().toString(), duel.failure.get());
        }
    }

    private interface Body {
        void run() throws Exception;
    }

    private Thread start(Body body) {
        return Thread.ofPlatform().daemon().name("duel").start(() -> {
            try {
                body.run();
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
            }
        });
    }

    private void judge(int rounds, Judge judge) throws Exception {
        for (int round = 0; round < rounds; round++) {
            judge.prepare();
            meet(2 * round + 1);
            dawdle();
            judge.act();
            meet(2 * round + 2);
            judge.look();
        }
    }

    private void oppose(int rounds, Runnable other) {
        for (int round = 0; round < rounds; round++) {
            meet(2 * round + 1);
            dawdle();
            other.run();
            meet(2 * round + 2);
        }
    }

    /// Ends for all when all are here for the n-th time.
    private void meet(int times) {
        arrived.incrementAndGet();
        int spins = 0;
        while (arrived.get() < times * fighters) {
            if (failure.get() != null) {
                throw new IllegalStateException("another fighter failed", failure.get());
            }
            if (++spins % SPINS == 0) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /// So that now the one and now the other is first.
    private static void dawdle() {
        for (int left = ThreadLocalRandom.current().nextInt(64); left > 0; left--) {
            Thread.onSpinWait();
        }
    }
}
