package dev.sluice.loop;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Strand;
import dev.sluice.observe.LoopStatistics;
import dev.sluice.time.Clock;
import java.util.Objects;
import java.util.concurrent.Executor;

/// One OS thread that runs coroutines, fires timers and polls I/O; the scheduler of the virtual threads on it.
///
/// Between two suspension points a coroutine is never interrupted by another one of its loop, if the loop is
/// [#confined]. So coroutines of one loop may share plain fields, as long as they do not suspend in the middle
/// of a change.
///
/// Threads: any.
public final class Loop implements Executor {
    private final EventLoop engine;
    private final Loops loops;

    Loop(EventLoop engine, Loops loops) {
        this.engine = engine;
        this.loops = loops;
        engine.face = this;
    }

    /// The loop of the caller.
    ///
    /// @throws IllegalStateException if the caller is not a coroutine
    public static Loop current() {
        EventLoop engine = Strand.currentLoop();
        if (engine == null) {
            throw new IllegalStateException("current loop: " + Thread.currentThread()
                    + " is not on a loop, expected a coroutine; start one with Sluice.run");
        }
        return (Loop) Objects.requireNonNull(engine.face, "a loop without a group");
    }

    EventLoop engine() {
        return engine;
    }

    /// The group that this loop belongs to.
    public Loops loops() {
        return loops;
    }

    /// Its place in the group, from 0.
    public int index() {
        return engine.index();
    }

    /// The name of its thread.
    public String name() {
        return engine.name();
    }

    /// Whether coroutines of this loop run on its thread only, one at a time. Without the launch flag they run
    /// on the JDK's scheduler, possibly at the same time; see [Capabilities].
    public boolean confined() {
        return engine.confined();
    }

    /// Runs an action in a coroutine of its own on this loop, outside of any group. A failure is reported, see
    /// [dev.sluice.observe.Reports]. Prefer a task group, which nothing outlives.
    ///
    /// @throws IllegalStateException if the loops have been closed
    @Override
    public void execute(Runnable action) {
        loops.launch(this, action);
    }

    /// The clock by which its timers end; coroutines ask [dev.sluice.Sluice#clock].
    public Clock clock() {
        return engine.clock();
    }

    /// One reading of the counters.
    public LoopStatistics statistics() {
        return engine.statistics();
    }

    @Override
    public String toString() {
        return "loop " + name();
    }
}
