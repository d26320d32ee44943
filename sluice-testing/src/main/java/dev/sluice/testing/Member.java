package dev.sluice.testing;

import dev.sluice.internal.sched.VirtualThreads;
import dev.sluice.internal.strand.Strand;
import dev.sluice.testing.SimulationException.Wait;
import java.util.concurrent.locks.LockSupport;
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
            cause = print(awaited);
        } else {
            cause = inStep ? "yield" : parked();
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

    private String parked() {
        Object blocker = thread == null ? null : LockSupport.getBlocker(thread);
        return blocker == null ? "park" : "park on " + blocker.getClass().getSimpleName();
    }

    /// What it waits for, for people.
    Wait waits() {
        Object awaited = awaited();
        StackTraceElement[] stack = parkedStack();
        String what = awaited != null ? print(awaited) : inJdk();
        StackTraceElement frame = Frames.ofUser(stack);
        return new Wait(path(), what, frame == null ? "" : frame.toString());
    }

    private String inJdk() {
        Thread.State state = thread == null ? Thread.State.WAITING : thread.getState();
        return switch (state) {
            case BLOCKED -> "a monitor that another thread holds";
            case WAITING, TIMED_WAITING -> parked();
            default -> "its turn";
        };
    }

    /// The stack, if it is parked: the JDK would submit one that is not a second time.
    StackTraceElement[] parkedStack() {
        if (ready || thread == null || thread.getState() == Thread.State.RUNNABLE) {
            return new StackTraceElement[0];
        }
        return thread.getStackTrace();
    }

    /// An object as text that is the same in each run: without the identity that `Object.toString` prints.
    static String print(Object object) {
        try {
            String text = String.valueOf(object);
            String identity = "@" + Integer.toHexString(System.identityHashCode(object));
            return text.endsWith(identity) ? object.getClass().getSimpleName() : text;
        } catch (RuntimeException failed) {
            return object.getClass().getSimpleName(); // whoever waits must not be lost because it cannot be printed
        }
    }
}
