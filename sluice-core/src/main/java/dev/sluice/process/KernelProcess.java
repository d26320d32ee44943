package dev.sluice.process;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.ExitStatus;
import dev.sluice.internal.linux.PidFd;
import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.linux.Wait;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.poll.Operation;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.timer.Timer;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import dev.sluice.io.Descriptors;
import dev.sluice.io.StreamException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A child of this process, watched by its loop through a pidfd.
///
///     RUNNING ──it ended──▶ ENDED ──end──▶ REAPED ──nobody left in its group──▶ GONE
///        └─────end: TERM─────▶│              │
///                             └─after grace──┴─▶ KILL, to the group
///
/// Invariants: a group is signalled only while its number cannot be another's: as long as the child is not
/// reaped, or some of the group has been seen alive at most [#LOOK_NANOS] ago, in which time the system does
/// not run through all its numbers. The child is reaped once, by the end of its scope: until then it is ENDED,
/// what `ps` calls a zombie. A detached one is reaped as soon as it has ended.
///
/// Threads: the loop thread, or immutable; `end` and `signal` any.
final class KernelProcess extends Operation implements Running {
    /// Between two looks at what is left of a group.
    private static final long LOOK_NANOS = 5_000_000;

    /// How long to look after KILL: what is still there then waits inside the kernel, and dies when that lets
    /// it.
    private static final long LAST_LOOKS_NANOS = 1_000_000_000;

    private enum State {
        RUNNING,
        ENDED,
        REAPED,
        GONE
    }

    private final LoopCalls calls;
    private final EventLoop loop;
    private final Launch.Started started;
    private final boolean detached;
    private final String name;
    private final @Nullable ByteSink stdin;
    private final @Nullable ByteSource stdout;
    private final @Nullable ByteSource stderr;
    private final Completion<Ended> exit = new Completion<>();
    private final Completion<Boolean> gone = new Completion<>();

    // Loop thread only.
    private State state = State.RUNNING;
    private boolean ending;
    private boolean killed;
    private long killAt = Long.MAX_VALUE;
    private final Timer timer = new Timer() {
        @Override
        protected void expired() {
            look();
        }
    };

    private KernelProcess(LoopCalls calls, Command command, Launch.Started started) throws StreamException {
        this.calls = calls;
        this.loop = calls.loop();
        this.started = started;
        this.detached = command.detached;
        this.name = command.toString();
        int[] ends = started.ours();
        boolean feeds = command.stdin.kind == Input.Kind.BYTES;
        stdin = ends[0] < 0 || feeds ? null : Descriptors.sink(ends[0], "stdin of " + name);
        stdout = ends[1] < 0 ? null : Descriptors.source(ends[1], "stdout of " + name);
        stderr = ends[2] < 0 ? null : Descriptors.source(ends[2], "stderr of " + name);
        kind = Kind.READABLE;
        fd = started.pidfd();
    }

    /// Starts a program on the caller's loop. Waits for that, cancelled or not.
    static KernelProcess start(EventLoop loop, Command command) throws ProcessStartException {
        LoopCalls calls = LoopCalls.of(loop);
        Launch.Started started = Launcher.start(command);
        try {
            var process = new KernelProcess(calls, command, started);
            byte[] bytes = command.stdin.bytes;
            if (bytes != null) {
                Feeder.feed(calls, started.ours()[0], bytes);
            }
            if (!calls.execute(process::watch)) {
                process.abandoned(new CallState());
            }
            return process;
        } catch (StreamException impossible) {
            throw new IllegalStateException("start " + command + ": a pipe is no stream", impossible);
        }
    }

    @Override
    public long pid() {
        return started.pid();
    }

    @Override
    public @Nullable ByteSink stdin() {
        return stdin;
    }

    @Override
    public @Nullable ByteSource stdout() {
        return stdout;
    }

    @Override
    public @Nullable ByteSource stderr() {
        return stderr;
    }

    @Override
    public Completion<Ended> exit() {
        return exit;
    }

    @Override
    public Completion<Boolean> gone() {
        return gone;
    }

    @Override
    public boolean signal(int signal) {
        var sent = new Completion<Boolean>();
        if (!calls.execute(() -> sent.complete(send(signal)))) {
            return false;
        }
        return sent.awaitUncancellable("signal to " + name);
    }

    @Override
    public void end(Duration grace) {
        calls.execute(() -> beginEnd(grace)); // a loop that has ended has killed it
    }

    // ---- loop thread

    private void watch() {
        loop.poller().prepare(fd);
        submit();
    }

    private void submit() {
        try {
            loop.poller().submit(this);
        } catch (IllegalStateException full) {
            completed(-Errno.ENOBUFS);
        }
    }

    @Override
    public void completed(int result) {
        if (result < 0) {
            // The poller is being closed, or takes no more operations: nobody would see the child's end.
            loop.poller().release(fd);
            abandoned(calls.state());
            return;
        }
        Ended ended = status(calls.state(), Wait.WEXITED | Wait.WNOHANG | Wait.WNOWAIT);
        if (ended == null) {
            submit();
            return;
        }
        loop.poller().release(fd);
        ended(calls.state(), ended);
        if (detached) {
            reap(calls.state());
            state = State.GONE;
            gone.complete(true);
        } else if (ending) {
            look();
        }
    }

    /// Kills it and waits for its end right here, which does not take long.
    private void abandoned(CallState state) {
        if (!detached) {
            Signals.kill(state, target(), Signals.SIGKILL);
            ended(state, status(state, Wait.WEXITED | Wait.WNOWAIT));
            reap(state);
        } else {
            ended(state, new Ended(null, "its loop has ended"));
        }
        this.state = State.GONE;
        gone.complete(true);
    }

    private void ended(CallState calls, @Nullable Ended how) {
        assert state == State.RUNNING && how != null : state + " " + how;
        state = State.ENDED;
        int result = Unistd.close(calls, fd);
        assert result == 0 : Errno.message("close", "pidfd of " + name, result);
        exit.complete(how);
    }

    private @Nullable Ended status(CallState calls, int options) {
        int result;
        do {
            result = Wait.waitpid(calls, started.pid(), options);
        } while (result == -Errno.EINTR);
        if (result < 0) {
            return new Ended(null, Errno.describe(-result) + ": somebody else has waited for it");
        }
        ExitStatus status = Wait.status(calls);
        if (status == null) {
            return null;
        }
        return Ended.with(
                status.signal() == 0
                        ? new Exit.Exited(status.code())
                        : new Exit.Signalled(status.signal(), status.coreDumped()));
    }

    private void beginEnd(Duration grace) {
        if (state == State.GONE) {
            return;
        }
        long now = loop.clock().nanoTime();
        killAt = Math.min(killAt, EventLoop.saturatedAdd(now, nanos(grace)));
        if (!ending) {
            ending = true;
            send(Signals.SIGTERM);
            if (state == State.RUNNING) {
                send(Signals.SIGCONT); // one that was stopped could not hear TERM
            }
        }
        look();
    }

    /// Goes on with the end: reaps, kills when it is time for that, and finds out whether anybody is left.
    private void look() {
        if (state == State.ENDED) {
            reap(calls.state());
            state = State.REAPED;
        }
        if (state == State.REAPED && !anybodyLeft()) {
            finish();
            return;
        }
        long now = loop.clock().nanoTime();
        if (now - killAt >= 0 && killAt != Long.MAX_VALUE) {
            if (killed && state == State.REAPED) {
                finish(); // LAST_LOOKS_NANOS after KILL
                return;
            }
            if (!killed) {
                killed = true;
                send(Signals.SIGKILL);
            }
            killAt = now + LAST_LOOKS_NANOS;
        }
        long next = state == State.RUNNING ? killAt : Math.min(killAt, now + LOOK_NANOS);
        if (timer.armed()) {
            loop.disarm(timer);
        }
        if (next != Long.MAX_VALUE) {
            timer.deadline = next;
            loop.arm(timer);
        }
    }

    private void finish() {
        if (timer.armed()) {
            loop.disarm(timer);
        }
        state = State.GONE;
        gone.complete(true);
    }

    private void reap(CallState calls) {
        int result = Wait.waitpid(calls, started.pid(), Wait.WEXITED | Wait.WNOHANG);
        assert result == 0 || result == -Errno.ECHILD : Errno.message("reap", name, result);
    }

    private boolean anybodyLeft() {
        return started.group() && Signals.kill(calls.state(), -started.pid(), 0) != -Errno.ESRCH;
    }

    private boolean send(int signal) {
        if (state == State.GONE || (state != State.RUNNING && !started.group())) {
            return false;
        }
        return started.group()
                ? Signals.kill(calls.state(), target(), signal) == 0
                : PidFd.sendSignal(calls.state(), fd, signal) == 0;
    }

    private int target() {
        return started.group() ? -started.pid() : started.pid();
    }

    private static long nanos(Duration grace) {
        try {
            return grace.toNanos();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE;
        }
    }
}
