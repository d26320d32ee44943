package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.channel.Channel;
import dev.sluice.io.ByteReader;
import dev.sluice.io.LimitExceededException;
import dev.sluice.io.StreamException;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.process.Child;
import dev.sluice.process.Exit;
import dev.sluice.sync.Event;
import dev.sluice.sync.Hold;
import dev.sluice.sync.Lock;
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
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The pool's side of one worker: a coroutine that sends it a call and reads the answer, again and again, and
/// three that see to what may happen meanwhile: cancellation, printed lines, the death of the process.
///
///     starting ──READY──▶ ready ──take, CALL──▶ busy ──RESULT FAILED CANCELLED──▶ ready
///         │                 │                     │
///         └─────────────────┴──the pipe ends──────┴──▶ dead
///
/// Invariant: `current` is the call that the process has, or is about to get; `writing` is held from before it
/// is set until it has been sent, so that a cancellation cannot overtake it.
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

    private final ProcessPool pool;
    private final String name;
    private final Lock writing = new Lock("worker's input");
    private final Channel<WorkerCall<?>> cancelled = Channel.latest(); // there is one call at a time
    private final Event answered = new Event("worker's answers"); // no more of them are waited for
    private final Deque<String> lastLines = new ConcurrentLinkedDeque<>(); // of what it printed

    // Under writing.
    private final BitSet defined = new BitSet(); // functions that the process knows
    private boolean sent; // the current call

    // Written by the worker's coroutine, read by any. Each pairs with its read in poolCloses: who closes the
    // pool has said so before, and the coroutine looks for that after it has written.
    private volatile @Nullable ProcessCall<?> current;
    private volatile @Nullable Child child;

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
        ProcessCall<?> call = current;
        Child process = child;
        if (call != null) {
            call.cancel(why);
        } else if (!ready && process != null) {
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
            ProcessCall<?> call = forgotten();
            if (call != null) {
                call.cut(cut.reason());
            }
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
        group.start("cancel", () -> forwardCancellations(process));
        group.start("watch", () -> watch(process));
        Optional<String> death = Optional.empty();
        try {
            work(process);
            Deadline.after(pool.config.grace).tryRun(process::exit);
        } catch (EOFException | StreamException ended) {
            death = Optional.of(""); // how it has ended says more
        } catch (IOException | DeadlineExceededException failed) {
            death = Optional.of(": " + failed.getMessage());
        } finally {
            answered.set();
            cancelled.close();
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

    /// Ends the call that died with the process, or has it wait for another worker.
    private void mourn(String how) {
        boolean delivered = sent;
        ProcessCall<?> call = forgotten();
        String whose = call == null ? "start of a worker" : call.toString();
        var why = new WorkerDiedException(whose + ": " + this + " died: " + how, how);
        pool.died(ready, why); // first: who sees the call end sees the death counted
        if (call != null) {
            boolean anew = call.cancelled().isEmpty() && (!delivered || call.mayBegin(pool.config.retries));
            if (anew) {
                pool.giveBack(call);
            } else {
                call.lose(why);
            }
        }
    }

    private @Nullable ProcessCall<?> forgotten() {
        ProcessCall<?> call = current;
        if (call != null) {
            current = null;
            pool.released();
        }
        return call;
    }

    // The coroutine that works.

    private void work(Child process) throws IOException {
        ByteReader answers = ByteReader.over(process.stdout(), WorkerFrame.MOST);
        if (pool.closing() != null) {
            return; // who closed it may have come before the child
        }
        require(
                WorkerFrame.READY,
                Deadline.after(START).named("start of a worker").call(() -> frame(answers)));
        initialize(process, answers);
        ready = true;
        pool.startSucceeded();
        for (int calls = 0; calls < pool.config.callsPerWorker; calls++) {
            ProcessCall<?> call = next(process);
            if (call == null) {
                break;
            }
            serve(call, process, answers);
        }
        try (Hold _ = writing.acquire()) {
            process.stdin().write(WorkerFrame.of(WorkerFrame.END));
        }
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

    private void initialize(Child process, ByteReader answers) throws IOException {
        ProcessPoolConfig.Initializer<?> first = pool.config.initializer;
        if (first == null) {
            return;
        }
        process.stdin().write(WorkerFrame.define(INITIALIZER, first.name()));
        process.stdin().write(first.frame(INITIALIZER));
        ByteBuffer answer = frame(answers);
        if (answer.get(0) == WorkerFrame.FAILED) {
            throw new IOException("initializer " + first.name().shown() + " failed: " + image(answer));
        }
        require(WorkerFrame.RESULT, answer);
    }

    private void serve(ProcessCall<?> call, Child process, ByteReader answers) throws IOException {
        sent = false;
        current = call;
        CancelReason closing = pool.closing();
        if (closing != null) {
            call.cancel(closing); // who closed it may have looked before
        }
        try (Hold _ = writing.acquire()) {
            if (!defined.get(call.function)) {
                process.stdin().write(WorkerFrame.define(call.function, call.functionName));
                defined.set(call.function);
            }
            process.stdin().write(call.frame.duplicate());
            sent = true;
            if (call.cancelled().isPresent()) {
                process.stdin().write(WorkerFrame.of(WorkerFrame.CANCEL, call.id));
            }
        }
        ByteBuffer answer = frame(answers);
        byte kind = answer.get(0);
        if (answer.remaining() < 9 || answer.getLong(1) != call.id || kind < WorkerFrame.RESULT) {
            throw new IOException("answer of " + this + ": kind=" + kind + ", expected that to call " + call.id);
        }
        current = null;
        pool.released();
        switch (kind) {
            case WorkerFrame.RESULT -> call.succeed(answer.position(9));
            case WorkerFrame.FAILED -> call.fail(image(answer), toString());
            default -> call.cut(call.cancelled().orElseThrow());
        }
    }

    private FailureImage image(ByteBuffer answer) throws IOException {
        byte[] image = new byte[answer.remaining() - 9];
        answer.get(9, image);
        try (var in = new DataInputStream(new ByteArrayInputStream(image))) {
            return FailureImage.read(in);
        }
    }

    private void require(byte kind, ByteBuffer answer) throws IOException {
        if (answer.get(0) != kind) {
            throw new IOException("answer of " + this + ": kind=" + answer.get(0) + ", expected " + kind);
        }
    }

    /// A frame without its length, in an array of its own.
    private ByteBuffer frame(ByteReader answers) throws IOException {
        int length = ByteBuffer.wrap(answers.readExactly(WorkerFrame.PREFIX)).getInt();
        if (length < 1 || length > WorkerFrame.MOST) {
            throw new IOException("answer of " + this + ": length=" + length + ", expected 1.." + WorkerFrame.MOST);
        }
        return ByteBuffer.wrap(answers.readExactly(length));
    }

    // The others.

    private void forwardCancellations(Child process) {
        for (WorkerCall<?> call : cancelled) {
            boolean ended = Deadline.after(pool.config.grace).tryRun(() -> {
                tell(call, process);
                call.outcome();
            });
            if (!ended) {
                process.signal(KILL);
            }
        }
    }

    private void tell(WorkerCall<?> call, Child process) {
        try (Hold _ = writing.acquire()) {
            ProcessCall<?> now = current;
            if (now != null && now == call && sent) {
                process.stdin().write(WorkerFrame.of(WorkerFrame.CANCEL, now.id));
            }
        } catch (IOException dead) {
            cancelled.close(); // whoever reads its answers finds out, too, and ends the call
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
