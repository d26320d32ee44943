package dev.sluice.testing;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.Durations;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.strand.Strand;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.observe.WaitGraph.Wait;
import dev.sluice.task.Action;
import dev.sluice.task.RootTask;
import dev.sluice.testing.Simulation.Limits;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The body of a simulation from its start to the end of everything that it started.
///
/// Threads: [#run] by the thread that wants the result; [#live] is the main coroutine.
final class Life {
    private static final LoopsConfig CONFIG = LoopsConfig.defaults()
            .withName("simulation")
            .withStallLimit(Duration.ZERO)
            .withOffloadThreads(1);

    /// For the loop to end when nothing runs on it any more.
    private static final Duration CLOSE = Duration.ofSeconds(10);

    /// How often we look, in real time, whether the simulation goes on.
    private static final Duration LOOK = Duration.ofMillis(50);

    /// How long a step may take, in real time, when the simulation has failed already.
    private static final Duration CLEAN_UP = Duration.ofSeconds(2);

    private final World world;
    private final Limits limits;
    private final Loops loops;
    private final CountDownLatch over = new CountDownLatch(1);

    private @Nullable Throwable failure; // what the body threw; by the main coroutine, before `over`

    Life(World world, Limits limits) {
        this.world = world;
        this.limits = limits;
        world.onAbandon(over::countDown);
        this.loops = Engines.open(CONFIG, world.seams());
    }

    /// Runs the body.
    ///
    /// @return the failure to throw
    @Nullable Throwable run(Action<?> body) {
        Loop loop = loops.loop(0);
        RootTask.start(loop, "main", () -> {
            live(body);
            return this;
        });
        awaitOver();
        loops.close(world.abandoned() ? Duration.ZERO : CLOSE);
        return outcome();
    }

    private void awaitOver() {
        long seen = -1;
        Duration held = Duration.ZERO;
        try {
            while (!over.await(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
                long resumes = loops.loop(0).statistics().totals().resumes();
                held = resumes == seen ? held.plus(LOOK) : Duration.ZERO;
                seen = resumes;
                if (held.compareTo(world.verdict() == null ? limits.holding() : CLEAN_UP) >= 0) {
                    world.abandon(held("no step has ended for " + Durations.print(held) + " of real time"));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            world.abandon(held("the thread that runs the simulation was interrupted"));
        }
    }

    private LimitExceededException held(String what) {
        Member holder = world.holder();
        Thread thread = holder == null ? null : holder.thread();
        if (holder == null || thread == null) {
            return new LimitExceededException(what, List.of());
        }
        var held =
                new LimitExceededException(what + ": " + holder.path() + " holds the loop, see the cause", List.of());
        var where = new Exception("where " + holder.path() + " is");
        where.setStackTrace(thread.getStackTrace());
        held.initCause(where);
        return held;
    }

    private @Nullable Throwable outcome() {
        SimulationException verdict = world.verdict();
        Throwable thrown = failure;
        if (verdict == null || thrown == null) {
            return verdict == null ? thrown : verdict;
        }
        if (verdict instanceof LeftoverException) {
            thrown.addSuppressed(verdict); // the body's own failure says more
            return thrown;
        }
        if (!(thrown instanceof CancelledException)) {
            verdict.addSuppressed(thrown);
        }
        return verdict;
    }

    // ---- the main coroutine

    private void live(Action<?> body) {
        Strand main = Strand.current();
        world.begin(why -> Engines.root(loops).cancel(reason(why)));
        try {
            body.run();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        world.bodyEnded();
        world.settle();
        LeftoverException left = leftover(main);
        if (left != null) {
            world.judgeLeftover(left);
            cancelOthers(main);
            world.settle();
            if (!world.members(main).isEmpty()) {
                world.abandon(left);
            }
        }
        while (main.scope() != main) {
            leave(main);
        }
        world.end();
        over.countDown();
    }

    /// Leaves a scope that the body did not leave; what runs in an abandoned world cannot be left.
    private void leave(Strand main) {
        while (world.abandoned()) {
            LockSupport.park(this);
        }
        main.leave(main.scope());
    }

    private static CancelReason reason(SimulationException why) {
        String text = String.valueOf(why.getMessage());
        int line = text.indexOf('\n');
        return new CancelReason.Requested("the simulation", line < 0 ? text : text.substring(0, line));
    }

    private @Nullable LeftoverException leftover(Strand main) {
        List<Wait> waits = world.waits(main);
        List<Throwable> unseen = world.unseenFailures();
        var left = new StringJoiner("; ");
        if (main.scope() != main) {
            left.add("a scope that was not left: a task group is to be closed");
        }
        if (!waits.isEmpty()) {
            left.add("who has not ended: " + waits.size());
        }
        // Whoever sleeps has a timer; of interest are those that belong to nobody.
        long timers = waits.isEmpty() ? loops.loop(0).statistics().now().timers() : 0;
        if (timers > 0) {
            left.add("armed timers: " + timers);
        }
        for (Throwable failure : unseen) {
            left.add("a failure that nobody waited for: " + failure);
        }
        if (left.length() == 0) {
            return null;
        }
        String when = Trace.seconds(world.clock.nanoTime());
        var exception = new LeftoverException("the body has ended at " + when + " s and left " + left, waits);
        unseen.forEach(exception::addSuppressed);
        return exception;
    }

    private void cancelOthers(Strand main) {
        var reason = new CancelReason.Requested("the simulation", "its body has ended");
        for (Member member : world.members(main)) {
            Strand strand = member.strand();
            Thread thread = member.thread();
            if (strand != null) {
                strand.cancel(reason);
            } else if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
