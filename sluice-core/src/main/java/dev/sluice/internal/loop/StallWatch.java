package dev.sluice.internal.loop;

import dev.sluice.internal.sched.VirtualThreads;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Notices coroutines that hold their loop, and loops on which nobody goes on.
///
/// A thread of its own looks at each loop a few times within the limit. A loop that resumed nothing since the
/// last look and is inside a coroutine is held by it. Costs the loop two plain stores a resume; a coroutine
/// that blocks for less than the limit is not seen.
///
/// Threads: its own, which uses the operating system's clock, also for loops that live in another time.
public final class StallWatch {
    private final List<EventLoop> loops;
    private final long limitNanos;
    private final Seen[] seen;
    private final RestWatch rest;
    private final Thread thread;
    private volatile boolean ended; // set by close, pairs with the read in run

    /// What was seen of one loop at the last look. The watch's thread only.
    private static final class Seen {
        long resumes = -1;
        long since;
        boolean reported;
    }

    /// @param limitNanos how long a coroutine may hold its loop
    /// @param atRest called when no loop has resumed anybody for a while
    public StallWatch(List<EventLoop> loops, long limitNanos, Runnable atRest) {
        this.loops = List.copyOf(loops);
        this.rest = new RestWatch(this.loops, atRest);
        this.limitNanos = limitNanos;
        this.seen = new Seen[loops.size()];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = new Seen();
        }
        this.thread = Thread.ofPlatform().daemon().name("sluice-stall-watch").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    public void close() {
        ended = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!ended) {
            LockSupport.parkNanos(Math.max(1_000_000, limitNanos / 4));
            for (int i = 0; i < seen.length; i++) {
                look(loops.get(i), seen[i]);
            }
            rest.look();
        }
    }

    private void look(EventLoop loop, Seen before) {
        long now = dev.sluice.time.Clock.system().nanoTime();
        long resumes = loop.progress.resumes();
        Runnable running = loop.running();
        if (running == null || resumes != before.resumes) {
            before.resumes = resumes;
            before.since = now;
            before.reported = false;
        } else if (!before.reported && now - before.since >= limitNanos) {
            before.reported = true;
            loop.progress.stalls++;
            report(loop, running, now - before.since);
        }
    }

    private void report(EventLoop loop, Runnable running, long heldNanos) {
        Thread holder = VirtualThreads.threadOf(running);
        StackTraceElement[] stack = (holder != null ? holder : loop.thread()).getStackTrace();
        Reports.publish(new Report.Stall(
                loop.name(),
                describe(holder),
                causeOf(stack),
                Duration.ofNanos(heldNanos),
                loop.statistics().now().ready(),
                List.of(stack)));
    }

    private static String describe(@Nullable Thread holder) {
        if (holder == null) {
            return "an unknown coroutine";
        }
        // A strand prints its path; the handler of a thread that is not ours says nothing of interest.
        Object handler = holder.getUncaughtExceptionHandler();
        return handler instanceof Named named ? named.path() : "thread " + holder.getName();
    }

    /// Who can say what it is called; implemented by strands.
    public interface Named {
        String path();
    }

    /// Why a loop is held, judged by the stack.
    static Report.Cause causeOf(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getMethodName().equals("<clinit>")) {
                return Report.Cause.CLASS_INITIALIZER;
            }
            if (frame.getClassName().startsWith("jdk.internal.loader.")) {
                return Report.Cause.CLASS_LOADING;
            }
        }
        if (stack.length == 0 || !stack[0].isNativeMethod()) {
            return Report.Cause.CPU;
        }
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (type.startsWith("java.io.") || type.startsWith("sun.nio.ch.File") || type.startsWith("sun.nio.fs.")) {
                return Report.Cause.FILE_IO;
            }
        }
        return Report.Cause.NATIVE;
    }
}
