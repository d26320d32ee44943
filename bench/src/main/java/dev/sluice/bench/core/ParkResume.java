package dev.sluice.bench.core;

import dev.sluice.bench.Load;
import dev.sluice.internal.strand.Strand;
import dev.sluice.task.TaskGroup;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Two coroutines take turns: each resumes the other and waits for its own turn. An operation is one resume and
/// one wait: what a switch costs. Ours keeps the wait's state, looks for cancellation and leaves the stall
/// watch a trace; the peer does nothing of this, so the ratio is the price of it.
final class ParkResume {
    private ParkResume() {}

    static final class OnLoop extends OneLoop {
        // One loop: no two coroutines at the same time.
        private final @Nullable Strand[] players = new Strand[2];
        private final long[] tokens = new long[2];
        private int turn;

        @Override
        long body(long operations) {
            turn = 0;
            try (var group = TaskGroup.open()) {
                var first = group.start("first", () -> play(0, operations));
                var second = group.start("second", () -> play(1, operations));
                group.join();
                return first.get() + second.get();
            }
        }

        private long play(int me, long turns) {
            Strand strand = Strand.current();
            int other = 1 - me;
            players[me] = strand;
            long played = 0;
            for (; played < turns / 2; played++) {
                while (turn != me) {
                    long token = strand.begin("the other's turn");
                    tokens[me] = token;
                    strand.await(token);
                }
                turn = other;
                Strand next = players[other];
                if (next != null) {
                    next.tryResume(tokens[other]);
                }
            }
            return played;
        }
    }

    static final class Bare implements Load {
        private final BareScheduler scheduler = new BareScheduler();
        private final Thread[] players = new Thread[2];
        private final long[] played = new long[2];
        private int turn;

        @Override
        public long run(long operations) {
            turn = 0;
            for (int i = 0; i < 2; i++) {
                int me = i;
                players[me] = scheduler.builder.unstarted(() -> played[me] = play(me, operations));
            }
            players[0].start();
            players[1].start();
            scheduler.runAll();
            return played[0] + played[1];
        }

        private long play(int me, long turns) {
            int other = 1 - me;
            long done = 0;
            for (; done < turns / 2; done++) {
                while (turn != me) {
                    LockSupport.park(this);
                }
                turn = other;
                LockSupport.unpark(players[other]);
            }
            return done;
        }
    }
}
