package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Received;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.io.ByteReader;
import dev.sluice.io.LimitExceededException;
import dev.sluice.io.StreamException;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.process.Child;
import dev.sluice.process.Exit;
import dev.sluice.sync.Event;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The pool's side of one worker: a coroutine that sends it calls and reads the answers, again and again, and
/// others that see to what may happen meanwhile: cancellation, calls that wait behind a slow one, printed lines,
/// the death of the process.
///
///     starting ──READY──▶ ready ──take, CALL──▶ busy ──the last RESULT FAILED CANCELLED RETURNED──▶ ready
///         │                 │                     │
///         └─────────────────┴──the pipe ends──────┴──▶ dead
///
/// The process runs one call at a time, in the order in which they were sent, and answers each before it begins
/// the next. One that is fast gets calls ahead ([Pace]). When none of several is answered for [#LATE],
/// the process gives back the others, and other workers run them. So when it dies the oldest may have begun, and
/// no other has.
///
/// Invariant: `got` are the calls that the process has, or is about to get, the oldest first.
///
/// Threads: those coroutines; `cancel` and `poolCloses` any.
final class ProcessWorker implements PoolWorker {
    private static final int KILL = 9;
    private static final int OUT_OF_MEMORY = 3; // how a JVM exits by its flag
    private static final int INITIALIZER = -1; // its number as a function
    private static final int LINES_KEPT = 10;
    private static final int PIECE = 1 << 15; // of a line that is too long
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final long LATE = 10_000_000; // nanoseconds

    private final ProcessPool pool;
    private final String name;
    private final Channel<WorkerCall<?>> cancelled = Channel.unlimited(); // each call once
    private final Channel<Boolean> ahead = Channel.latest(); // the process has several calls
    private final Channel<ProcessCall<?>> returned = Channel.unlimited(); // each is one of those that wait
    private final Event answered = new Event("worker's answers"); // no more of them are waited for
    private final Deque<String> lastLines = new ConcurrentLinkedDeque<>(); // of what it printed

    // The worker's coroutine.
    private final Pace pace = new Pace();
    private int count; // of got
    private int bytes; // of their frames
    private int taken; // calls so far, without those that came back
    private int fresh; // answers, since then:
    private long since; // when the process had nothing to answer, or answered last

    // Written by the worker's coroutine, read by any. Each pairs with its read in poolCloses: who closes the
    // pool has said so before, and the coroutine looks for that after it has written.
    private final Queue<ProcessCall<?>> got = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Child child;

    private final AtomicLong answers = new AtomicLong(); // so far; counts for itself

    private volatile boolean ready; // pairs with its reads in poolCloses and in statistics

    /// In which it waits for a call. Pairs with the read in watch: written before it looks whether the process
    /// has ended, read after it has, so one of both sees the other.
    private volatile @Nullable CancelScope idle;

    ProcessWorker(ProcessPool pool, long number) {
        this.pool = pool;
        this.name = "worker " + number;
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    /// Tells the process that its call is cancelled, and kills it if that does not help.
    @Override
    public void cancel(WorkerCall<?> call) {
        cancelled.trySend(call);
    }

    @Override
    public void poolCloses(CancelReason why) {
        Child process = child;
        got.forEach(call -> call.cancel(why));
        if (!ready && process != null) {
            process.signal(KILL); // it may take long to start
        }
    }

    @Override
    public void run() {
        Optional<String> death;
        try (Child process = WorkerLaunch.command(pool.config).start()) {
            child = process;
            death = TaskGroup.call(group -> live(group, process));
        } catch (CancelledException cut) {
            death = Optional.empty();
            cutAll(cut.reason());
        } catch (IOException | RuntimeException failed) {
            death = Optional.of(String.valueOf(failed.getMessage()));
        } finally {
            pool.left(this);
        }
        death.ifPresent(this::mourn);
    }

    /// @return how the process died, if it did not end as it was told to
    private Optional<String> live(TaskGroup<Object, Void> group, Child process) {
        Task<Void> lines = group.start("lines", () -> forwardLines(process));
        var input = new WorkerInput(process.stdin(), got);
        group.start("cancel", () -> forwardCancellations(group, process, input));
        group.start("recall", () -> recall(input));
        group.start("returned", this::giveBack);
        group.start("watch", () -> watch(process));
        Optional<String> death = Optional.empty();
        try {
            work(process, input);
            Deadline.after(pool.config.grace).tryRun(process::exit);
        } catch (EOFException | StreamException ended) {
            death = Optional.of(""); // how it has ended says more
        } catch (IOException | DeadlineExceededException failed) {
            death = Optional.of(": " + failed.getMessage());
        } finally {
            answered.set();
            cancelled.close();
            ahead.close();
            returned.close();
        }
        Exit exit = process.terminate(death.isEmpty() ? pool.config.grace : Duration.ZERO);
        Deadline.after(LAST_WORDS).tryRun(lines::outcome);
        lines.cancel("the worker has ended");
        return death.map(why -> described(exit) + why + printed());
    }

    private String described(Exit exit) {
        boolean memory = exit instanceof Exit.Exited(int code)
                && code == OUT_OF_MEMORY
                && lastLines.stream().anyMatch(line -> line.contains("java.lang.OutOfMemoryError"));
        return exit + (memory ? ", out of memory" : "");
    }

    private String printed() {
        return lastLines.isEmpty() ? "" : "; it printed last:\n  " + String.join("\n  ", lastLines);
    }

    /// Ends the call that died with the process, or has it wait for another worker; the others had not begun.
    private void mourn(String how) {
        ProcessCall<?> oldest = got.peek();
        String whose = oldest == null ? "start of a worker" : oldest.toString();
        var why = new WorkerDiedException(whose + ": " + this + " died: " + how, how);
        pool.died(ready, why); // first: who sees the call end sees the death counted
        try {
            for (ProcessCall<?> call = forgotten(); call != null; call = forgotten()) {
                boolean begun = call == oldest && call.sent;
                if (!begun || (call.cancelled().isEmpty() && call.mayBegin(pool.config.retries))) {
                    pool.giveBack(call);
                } else {
                    call.lose(why);
                }
            }
        } catch (CancelledException cut) {
            cutAll(cut.reason());
            throw cut;
        }
    }

    private void cutAll(CancelReason why) {
        for (ProcessCall<?> call = forgotten(); call != null; call = forgotten()) {
            call.cut(why);
        }
    }

    /// The oldest call, which the process does not have any more; or one that is to wait again.
    private @Nullable ProcessCall<?> forgotten() {
        ProcessCall<?> call = got.poll();
        if (call != null) {
            forget(call);
            return call;
        }
        return returned.tryReceive() instanceof Received.Value<ProcessCall<?>>(ProcessCall<?> late) ? late : null;
    }

    /// A call is not in `got` any more.
    private void forget(ProcessCall<?> call) {
        count--;
        bytes -= call.frame.remaining();
        pool.released(count == 0);
    }

    // The coroutine that works.

    private void work(Child process, WorkerInput input) throws IOException {
        var frames = new Answers(process.stdout());
        if (pool.closing() != null) {
            return; // who closed it may have come before the child
        }
        require(
                WorkerFrame.READY,
                Deadline.after(START).named("start of a worker").call(frames::next));
        initialize(input, frames);
        ready = true;
        pool.startSucceeded();
        while (takeCalls(process)) {
            input.send();
            if (count > 1) {
                ahead.trySend(true);
            }
            do {
                answer(frames.next());
            } while (frames.whole());
            measure();
        }
        input.write(WorkerFrame.of(WorkerFrame.END));
    }

    /// Takes as many as the process may have, when it has less than half of them.
    ///
    /// @return false if it has none and is to end
    private boolean takeCalls(Child process) throws IOException {
        if (count == 0) {
            ProcessCall<?> call = taken < pool.config.callsPerWorker ? next(process) : null;
            if (call == null) {
                return false;
            }
            took(call);
            since = pool.loop().clock().nanoTime();
        }
        int most = pool.config.together ? 1 : pace.calls();
        if (count <= most / 2 || count == 1) {
            while (count < most && bytes < WorkerInput.WHOLE && taken < pool.config.callsPerWorker) {
                ProcessCall<?> call = pool.takeMore(this);
                if (call == null) {
                    break;
                }
                took(call);
            }
        }
        return true;
    }

    private void took(ProcessCall<?> call) {
        call.sent = false;
        got.add(call);
        count++;
        bytes += call.frame.remaining();
        taken++;
        CancelReason closing = pool.closing();
        if (closing != null) {
            call.cancel(closing); // who closed it may have looked before
        }
    }

    private void measure() {
        long now = pool.loop().clock().nanoTime();
        if (fresh > 0) {
            pace.answered(fresh, now - since);
        }
        fresh = 0;
        since = now;
    }

    /// Waits for a call; the death of the process ends the wait.
    ///
    /// @return null if the worker is to end
    private @Nullable ProcessCall<?> next(Child process) throws IOException {
        AtomicReference<@Nullable ProcessCall<?>> taken = new AtomicReference<>();
        boolean whole = CancelScope.run(scope -> {
            idle = scope;
            if (process.hasEnded()) {
                scope.cancel("its process has ended");
            }
            taken.set(pool.take(this));
        });
        idle = null;
        if (!whole && taken.get() == null) {
            throw new EOFException(this + ": ended while it had nothing to do");
        }
        return taken.get();
    }

    private void initialize(WorkerInput input, Answers answers) throws IOException {
        ProcessPoolConfig.Initializer<?> first = pool.config.initializer;
        if (first == null) {
            return;
        }
        input.write(WorkerFrame.define(INITIALIZER, first.name()));
        input.write(first.frame(INITIALIZER));
        ByteBuffer answer = answers.next();
        if (answer.get(0) == WorkerFrame.FAILED) {
            throw new IOException("initializer " + first.name().shown() + " failed: " + image(answer.position(9)));
        }
        require(WorkerFrame.RESULT, answer);
    }

    private void answer(ByteBuffer answer) throws IOException {
        byte kind = answer.get();
        if (kind == WorkerFrame.RETURNED) {
            takeBack(answer);
            return;
        }
        if (answer.remaining() < Long.BYTES || kind < WorkerFrame.RESULT || kind > WorkerFrame.CANCELLED) {
            throw new IOException("answer of " + this + ": kind=" + kind + ", expected that to a call");
        }
        ProcessCall<?> call = removed(answer.getLong());
        forget(call);
        fresh++;
        answers.incrementAndGet();
        switch (kind) {
            case WorkerFrame.RESULT -> call.succeed(answer);
            case WorkerFrame.FAILED -> call.fail(image(answer), toString());
            default -> call.cut(call.cancelled().orElseThrow());
        }
    }

    /// Others may have what the process gives back, and what has not been sent.
    private void takeBack(ByteBuffer calls) throws IOException {
        while (calls.hasRemaining()) {
            giveUp(removed(calls.getLong()));
        }
        List<ProcessCall<?>> unsent = got.stream().filter(call -> !call.sent).toList();
        for (ProcessCall<?> call : unsent) {
            got.remove(call);
            giveUp(call);
        }
    }

    private void giveUp(ProcessCall<?> call) {
        forget(call);
        taken--;
        pace.late();
        returned.send(call);
    }

    private ProcessCall<?> removed(long id) throws IOException {
        for (ProcessCall<?> call : got) { // most answers are to the oldest
            if (call.id == id) {
                got.remove(call);
                return call;
            }
        }
        throw new IOException("answer of " + this + ": call=" + id + ", expected one that it has");
    }

    private FailureImage image(ByteBuffer answer) throws IOException {
        byte[] image = new byte[answer.remaining()];
        answer.get(image);
        try (var in = new DataInputStream(new ByteArrayInputStream(image))) {
            return FailureImage.read(in);
        }
    }

    private void require(byte kind, ByteBuffer answer) throws IOException {
        if (answer.get(0) != kind) {
            throw new IOException("answer of " + this + ": kind=" + answer.get(0) + ", expected " + kind);
        }
    }

    // The others.

    private void forwardCancellations(TaskGroup<Object, Void> group, Child process, WorkerInput input) {
        for (WorkerCall<?> call : cancelled) {
            group.start("end of " + call, () -> {
                boolean ended = Deadline.after(pool.config.grace).tryRun(() -> tell(call, input));
                if (!ended && call != got.peek()) { // it has not begun: to give it up takes no time
                    ended = Deadline.after(LAST_WORDS).tryRun(call::outcome);
                }
                if (!ended) {
                    process.signal(KILL);
                }
            });
        }
    }

    /// Returns when it has ended.
    private void tell(WorkerCall<?> call, WorkerInput input) {
        try {
            input.cancel(call);
        } catch (IOException dead) {
            cancelled.close(); // whoever reads its answers finds out, too, and ends the call
        }
        call.outcome();
    }

    /// Asks for the calls that wait behind a slow one.
    private void recall(WorkerInput input) {
        for (boolean _ : ahead) {
            boolean late = false;
            while (!late && hasSeveral()) {
                long before = answers.get();
                Sleep.nanos(LATE, this);
                late = answers.get() == before;
            }
            if (late && hasSeveral()) {
                try {
                    input.write(WorkerFrame.of(WorkerFrame.RECALL));
                } catch (IOException dead) {
                    ahead.close(); // as above
                }
            }
        }
    }

    private boolean hasSeveral() {
        return got.stream().skip(1).findAny().isPresent();
    }

    /// Has calls wait again; beside the coroutine that works, for it may have to wait until there is room.
    private void giveBack() {
        for (ProcessCall<?> call : returned) {
            pool.giveBack(call);
        }
    }

    /// A process that left its pipe to another one would be waited for for ever.
    private void watch(Child process) throws IOException {
        process.exit();
        CancelScope waiting = idle;
        if (waiting != null) {
            waiting.cancel("its process has ended");
        }
        if (!Deadline.after(LAST_WORDS).tryRun(answered::await)) {
            process.stdout().close();
        }
    }

    private void forwardLines(Child process) throws IOException {
        ByteReader lines = ByteReader.over(process.stderr());
        for (Optional<String> line = line(lines); line.isPresent(); line = line(lines)) {
            lastLines.addLast(line.get());
            if (lastLines.size() > LINES_KEPT) {
                lastLines.removeFirst();
            }
            try {
                pool.config.output.accept("[" + name + "] " + line.get());
            } catch (RuntimeException failure) {
                Reports.publish(new Report.UnobservedFailure("output of " + pool, failure));
            }
        }
    }

    private static Optional<String> line(ByteReader lines) throws IOException {
        try {
            return lines.readLine();
        } catch (LimitExceededException tooLong) {
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            int count = lines.read(piece);
            return Optional.of(new String(piece.array(), 0, count, StandardCharsets.UTF_8));
        }
    }

    @Override
    public String toString() {
        Child process = child;
        return process == null ? name : name + " (pid " + process.pid() + ")";
    }
}
