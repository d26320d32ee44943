package dev.sluice.testing;

import dev.sluice.internal.sched.VirtualThreads;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.Waits;
import dev.sluice.observe.WaitGraph.Wait;
import org.jspecify.annotations.Nullable;

/// A virtual thread that runs in a simulation: a task's coroutine, or one that was started with the JDK's
/// means.
///
/// Threads: the loop thread, or any when the simulation is over.
final class Member {
    final Runnable continuation;
    private final @Nullable Thread thread;
    private final @Nullable Strand strand;
    private final int number;
    private @Nullable String path;
    private boolean started;
    private boolean inStep; // so that being ready again is a yield

    /// Whether it is in the ready queue.
    boolean ready;

    /// What it waited for, when it is ready.
    private String cause = "";

    /// Who made it ready.
    private String by = "";

    /// @param number which thread of the simulation this is, to name it if nothing else does
    Member(Runnable continuation, int number) {
        this.continuation = continuation;
        this.number = number;
        this.thread = VirtualThreads.threadOf(continuation);
        this.strand = Strand.of(thread);
    }

    @Nullable Thread thread() {
        return thread;
    }

    /// The task that it runs; null for a thread that is none.
    @Nullable Strand strand() {
        return strand;
    }

    /// Where it is in the tree of tasks.
    String path() {
        String known = path;
        if (known == null) {
            known = strand != null ? strand.path() : "thread " + ownName();
            path = known;
        }
        return known;
    }

    private String ownName() {
        String name = thread == null ? "" : thread.getName();
        return name.isEmpty() ? "#" + number : name;
    }

    String cause() {
        return cause;
    }

    String by() {
        return by;
    }

    boolean ended() {
        return thread != null && thread.getState() == Thread.State.TERMINATED;
    }

    /// @param by who did it, if there is something to say
    void becomesReady(String by) {
        ready = true;
        this.by = by;
        Object awaited = awaited();
        if (!started) {
            cause = "start";
        } else if (awaited != null) {
            cause = Waits.print(awaited);
        } else {
            cause = inStep ? "yield" : Waits.parked(thread);
        }
    }

    void stepBegins() {
        ready = false;
        started = true;
        inStep = true;
    }

    void stepEnds() {
        inStep = false;
    }

    /// Whether it waits in the JDK, not in Sluice.
    boolean waitsInJdk() {
        return !ready && awaited() == null && !ended();
    }

    /// Whether a thread of the JDK will make it ready, or is about to: it waits for a monitor, or has got one.
    boolean dependsOnMonitor() {
        Thread.State state = thread == null ? Thread.State.WAITING : thread.getState();
        return state == Thread.State.BLOCKED || state == Thread.State.RUNNABLE;
    }

    private @Nullable Object awaited() {
        return strand == null ? null : strand.waitsFor();
    }

    /// What it waits for, for people.
    Wait waits() {
        Object awaited = awaited();
        return awaited != null && strand != null
                ? Waits.of(strand, awaited, parkedStack())
                : Waits.inJdk(path(), thread, parkedStack());
    }

    /// The stack, if it is parked: the JDK would submit one that is not a second time.
    StackTraceElement[] parkedStack() {
        if (ready || thread == null || thread.getState() == Thread.State.RUNNABLE) {
            return new StackTraceElement[0];
        }
        return thread.getStackTrace();
    }
}
