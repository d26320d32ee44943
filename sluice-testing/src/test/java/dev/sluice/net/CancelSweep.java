package dev.sluice.net;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.loop.LoopSeams;
import dev.sluice.internal.loop.ReadyQueue;
import dev.sluice.internal.poll.PollerChoice;
import dev.sluice.internal.poll.PollerConfig;
import dev.sluice.internal.poll.Pollers;
import dev.sluice.internal.sched.VirtualThreads;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Scope;
import dev.sluice.internal.strand.Strand;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.File;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Cancels a piece of work at each of its suspensions, as [dev.sluice.testing.Cancellations] does, but on real
/// sockets: a loop in real time whose ready queue sees each step begin and end.
///
/// For `k` = 1, 2, 3, … until the work ends without having met its `k`-th suspension, it is cancelled there at
/// three moments, in runs of their own: when the wait has begun and the system knows nothing of it yet, some
/// turns of the loop later, when the system has it in hand, and when it has been resumed and has not run yet.
/// How many turns is drawn from a seed, which a failure shows; `-Dsluice.seed=N` repeats it. How many
/// suspensions there are is for the system to say.
///
/// Threads: one that is on no loop.
public final class CancelSweep {
    private static final long SEED = Long.getLong("sluice.seed", 4);

    /// How many runs a moment has at most; the last ones skip suspensions.
    private static final int RUNS = Integer.getInteger("sluice.sweep", 40);

    private static final int MOST_TURNS = 4;

    private enum Moment {
        BEGUN,
        UNDER_WAY,
        RESUMED
    }

    /// Something to do with the state of one run.
    @FunctionalInterface
    public interface Part<S> {
        void accept(S state) throws Exception;
    }

    /// Makes the state of a run.
    @FunctionalInterface
    public interface Maker<S> {
        S make() throws Exception;
    }

    private CancelSweep() {}

    /// Runs until the work has been cancelled everywhere. As many descriptors are open afterwards as before.
    ///
    /// @param work is cancelled
    /// @param rest is run afterwards: does what the work has not done, and checks the whole
    /// @return how many runs were cancelled
    public static <S> int everywhere(Backend backend, Maker<S> fresh, Part<? super S> work, Part<? super S> rest)
            throws Exception {
        LoopSeams real =
                LoopSeams.production(Pollers.open(PollerChoice.valueOf(backend.name()), PollerConfig.defaults())
                        .poller());
        var knife = new Knife();
        var seams = new LoopSeams(real.clock(), real.poller(), knife, real.timerShift(), real.random(), null);
        Loops loops = Engines.open(LoopsConfig.defaults().withCount(1).withStallLimit(ofSeconds(20)), seams);
        try {
            return Sluice.callOn(
                    loops.loop(0),
                    "sweep on " + backend,
                    () -> Deadline.after(ofSeconds(60)).named("sweep").call(() -> sweep(knife, fresh, work, rest)));
        } finally {
            assertThat(loops.close(ofSeconds(30)).drained()).isTrue();
        }
    }

    private static <S> int sweep(Knife knife, Maker<S> fresh, Part<? super S> work, Part<? super S> rest)
            throws Exception {
        S warm = fresh.make(); // loads classes, which open files
        work.accept(warm);
        rest.accept(warm);
        int before = descriptors();
        var turns = new SplittableRandom(SEED);
        int cancelled = 0;
        for (Moment moment : Moment.values()) {
            int k = 1;
            for (int run = 0; run < RUNS; run++, k += 1 + run / 20) {
                S state = fresh.make();
                try {
                    knife.cut(moment, k, turns.nextInt(MOST_TURNS), () -> work.accept(state));
                    rest.accept(state);
                } catch (Throwable failure) {
                    failure.addSuppressed(new AssertionError(knife + ", -Dsluice.seed=" + SEED));
                    throw failure;
                }
                if (!knife.hasCut()) {
                    break;
                }
                cancelled++;
            }
        }
        // A selector keeps what was closed until it looks again.
        Deadline.after(ofSeconds(10)).tryRun(() -> ServingContract.until(() -> descriptors() <= before));
        assertThat(descriptors()).as("open descriptors").isLessThanOrEqualTo(before);
        return cancelled;
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    /// The loop's ready queue, which cancels at one suspension.
    ///
    /// Threads: the loop thread, coroutines mounted on it included.
    private static final class Knife extends ReadyQueue {
        private interface Work {
            void run() throws Exception;
        }

        private final Runnable step = this::step;
        private @Nullable Runnable next;
        private @Nullable Scope scope; // to be cancelled; null when nothing is
        private Completion<Boolean> hit = new Completion<>();
        private Moment moment = Moment.BEGUN;
        private int k;
        private int met;
        private String where = "nowhere";

        /// Runs work that is cancelled at its `k`-th suspension, if it has one.
        void cut(Moment moment, int k, int turns, Work work) throws Exception {
            this.moment = moment;
            this.k = k;
            met = 0;
            where = "nowhere";
            hit = new Completion<>();
            try (var group = TaskGroup.open()) {
                CancelScope.<Exception>run(around -> {
                    group.start("knife", () -> later(around, turns));
                    scope = Strand.current().scope();
                    try {
                        work.run();
                    } finally {
                        scope = null;
                        hit.complete(false);
                    }
                });
                group.join();
            }
        }

        private void later(CancelScope around, int turns) {
            if (hit.await("the moment to cancel")) {
                for (int i = 0; i < turns; i++) {
                    Sluice.yield();
                }
                where += ", " + turns + " turns later";
                around.cancel("suspension " + k);
            }
        }

        boolean hasCut() {
            return met >= k;
        }

        @Override
        public Runnable take() {
            next = takeFirst();
            return step;
        }

        private void step() {
            Runnable continuation = Objects.requireNonNull(next);
            Thread thread = VirtualThreads.threadOf(continuation);
            Strand strand = Strand.of(thread);
            if (moment == Moment.RESUMED) {
                meet(strand);
            }
            continuation.run();
            if (moment != Moment.RESUMED && thread != null && thread.getState() != Thread.State.TERMINATED) {
                meet(strand);
            }
        }

        private void meet(@Nullable Strand strand) {
            Scope target = scope;
            if (strand == null || target == null || !isInside(strand, target) || ++met != k) {
                return;
            }
            where = strand.path() + ", " + strand.doing();
            if (moment == Moment.UNDER_WAY) {
                hit.complete(true);
            } else {
                target.cancel(new CancelReason.Requested("CancelSweep", "suspension " + k));
            }
        }

        private static boolean isInside(Strand strand, Scope target) {
            for (Scope around = strand.scope(); around != null; around = around.parent()) {
                if (around == target) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String toString() {
            return "cancelled at suspension " + k + " " + moment + ": " + where;
        }
    }
}
