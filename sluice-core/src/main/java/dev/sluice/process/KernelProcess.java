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
import dev.sluice.io.Descriptors;
import dev.sluice.io.StreamException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A child of this process, watched by its loop through a pidfd.
///
///     RUNNING ──it ended──▶ ENDED ──end──▶ REAPED ──nobody left in its group──▶ GONE
///        └─────end: TERM─────▶│              │
///                             └─after grace──┴─▶ KILL, to the group
///
/// Invariants: a group is signalled only while its number cannot be another's: as long as the child is not
/// reaped, or some of the group have been seen a moment ago, in which the system does not run through all its
/// numbers. The child is reaped once, by the end of its scope: until then it is ENDED,
/// what `ps` calls a zombie. A detached one is reaped as soon as it has ended.
///
/// Threads: the loop thread, or immutable; `end` and `signal` any.
final class KernelProcess extends Operation implements Running {
    /// Between looks at what is left of a group when the program itself has ended.
    private static final long FIRST_LOOK_NANOS = 1_000_000;

    private static final long NEXT_LOOK_NANOS = 10_000_000;

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
    private final Piped piped;
    private final Completion<Ended> exit = new Completion<>();
    private final Completion<Boolean> gone = new Completion<>();

    /// Set by who ends it when its loop has ended. Pairs with itself: one of them reaps, after which the number
    /// may be another's.
    private final AtomicBoolean buried = new AtomicBoolean();

    // Loop thread only.
    private State state = State.RUNNING;
    private boolean ending;
    private boolean killed;
    private long killAt = Long.MAX_VALUE; // the far end: never, or done
    private int looks;
    private final Timer timer = new Timer() {
        @Override
        protected void expired() {
            if (loop.ended()) {
                killLeft();
            } else {
                look();
            }
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
        this.piped = new Piped(
                ends[0] < 0 || feeds ? null : Descriptors.sink(ends[0], "stdin of " + name),
                ends[1] < 0 ? null : Descriptors.source(ends[1], "stdout of " + name),
                ends[2] < 0 ? null : Descriptors.source(ends[2], "stderr of " + name));
        kind = Kind.READABLE;
        fd = started.pidfd();
    }

    /// Starts a program on the caller's loop. Waits for that, cancelled or not.
    static KernelProcess start(EventLoop loop, Command command) throws ProcessStartException {
        LoopCalls calls = LoopCalls.of(loop);
        Launch.Started started = Launcher.start(command, state -> Launch.start(state, command));
        try {
            var process = new KernelProcess(calls, command, started);
            byte[] bytes = command.stdin.bytes;
            if (bytes != null) {
                Feeder.feed(calls, started.ours()[0], "stdin of " + command, bytes);
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
    public Piped piped() {
        return piped;
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
        if (!calls.execute(() -> beginEnd(grace))) {
            endWithoutLoop();
        }
    }

    /// The loop has ended, and has killed what ran. What is left is a zombie, and perhaps some of its group.
    private void endWithoutLoop() {
        loop.awaitEnd();
        killLeft();
    }

    /// Nobody looks any more whether some of the group are left.
    private void killLeft() {
        if (gone.result() == null && buried.compareAndSet(false, true)) { // pairs with itself
            var own = new CallState();
            Signals.kill(own, target(), Signals.SIGKILL);
            reap(own);
            gone.complete(true);
        }
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
        killAt = Math.min(killAt, EventLoop.saturatedAdd(loop.clock().nanoTime(), EventLoop.nanos(grace)));
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
        if (!killed && now >= killAt) {
            killed = true;
            killAt = Long.MAX_VALUE;
            send(Signals.SIGKILL);
        }
        if (state == State.RUNNING) {
            lookAgain(killAt); // its own end comes by the pidfd
        } else if (looks++ == 0) {
            lookAgain(now + FIRST_LOOK_NANOS); // who has died with it is forgotten by now, usually
        } else {
            Groups.ask(started.pid(), alive -> {
                if (!loop.submit(() -> looked(alive))) {
                    killLeft();
                }
            });
        }
    }

    /// The answer to whether somebody who is left lives.
    private void looked(boolean alive) {
        if (state == State.GONE) {
            return;
        }
        if (alive) {
            lookAgain(Math.min(killAt, loop.clock().nanoTime() + NEXT_LOOK_NANOS));
        } else {
            send(Signals.SIGKILL); // the dead do not mind, and whom nobody could see must not stay
            finish();
        }
    }

    private void lookAgain(long when) {
        if (timer.armed()) {
            loop.disarm(timer);
        }
        if (when != Long.MAX_VALUE) {
            timer.deadline = when;
            loop.arm(timer);
        }
    }

    private void finish() {
        lookAgain(Long.MAX_VALUE);
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
}
