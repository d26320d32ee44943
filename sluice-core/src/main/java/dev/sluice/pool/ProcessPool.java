package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelClosedException;
import dev.sluice.channel.Received;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Ownership;
import dev.sluice.internal.strand.Strand;
import dev.sluice.loop.Loop;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A pool of processes: calls that wait, a coroutine for each worker that takes them, and one that starts
/// workers.
///
///     submit ──▶ calls ──take──▶ ProcessWorker ◀──pipes──▶ WorkerMain
///                  ▲                  │ its process has died: calls that may begin again
///                  └──────────────────┘
///
/// Invariants: `waiting` counts the calls that are WAITING; a worker is in `workers` from the decision to start
/// it until it takes no calls any more. `closing` is set once, before `calls` is closed and the workers are
/// told.
///
/// Threads: any; workers, and what starts them, on the loop on which the pool was opened.
final class ProcessPool extends AbstractPool {
    /// Starts that fail in a row until calls fail instead of waiting for the next.
    private static final int HOPELESS = 3;

    /// A function of this pool.
    record Known(int id, FunctionName name, LinkedFunction linked) {}

    final ProcessPoolConfig config;

    private final Channel<ProcessCall<?>> calls;
    private final Channel<Boolean> changed = Channel.latest(); // wakes who starts workers
    private final Set<ProcessWorker> workers = ConcurrentHashMap.newKeySet();
    private final Set<ProcessCall<?>> again = ConcurrentHashMap.newKeySet(); // taken before those that are new
    private final ConcurrentHashMap<Class<?>, Known> functions = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable CancelReason> closing = new AtomicReference<>();
    private final Completion<Boolean> gone = new Completion<>();
    private final Ownership ownership = new Ownership(this, this::close);

    // Counters, each by itself.
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger failedStarts = new AtomicInteger(); // in a row
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong started = new AtomicLong();
    private final AtomicLong died = new AtomicLong();

    private ProcessPool(Loop loop, ProcessPoolConfig config) {
        super(loop, config.waiting);
        this.config = config;
        this.calls = Channel.priority(config.waiting, call -> again.remove(call) ? 0 : 1);
    }

    static ProcessPool open(ProcessPoolConfig config) {
        var pool = new ProcessPool(Loop.current(), config);
        pool.changed.trySend(true);
        pool.loop().execute(pool::supervise);
        pool.ownership.join();
        return pool;
    }

    // Calls.

    @Override
    public <A, R> PoolTask<R> submit(PoolFunction<? super A, ? extends R> function, A argument) {
        requireOpen(null);
        Known known = functions.computeIfAbsent(function.getClass(), _ -> know(function));
        long id = submitted.incrementAndGet();
        var call = new ProcessCall<R>(
                this, known, id, WorkerFrame.call(id, known.id(), known.linked(), function, argument));
        call.whenEnded(ended::incrementAndGet);
        waiting.incrementAndGet();
        boolean sent = false;
        try {
            changed.trySend(true);
            calls.send(call);
            sent = true;
        } catch (ChannelClosedException closed) {
            requireOpen(closed);
            throw closed;
        } finally {
            if (!sent) {
                waiting.decrementAndGet();
            }
        }
        return call;
    }

    private Known know(PoolFunction<?, ?> function) {
        FunctionName name = FunctionName.of(function);
        LinkedFunction linked = LinkedFunction.of(name, function);
        return new Known(functions.size(), name, linked);
    }

    private void requireOpen(@Nullable Throwable cause) {
        CancelReason why = closing.get();
        if (why != null) {
            throw new IllegalStateException("submit to " + this + ": closed: " + why.describe(), cause);
        }
    }

    /// A call that waited has ended, or begun.
    void endedWaiting() {
        waiting.decrementAndGet();
    }

    // What workers ask for.

    /// The next call for a worker, which has begun; waits for it.
    ///
    /// @return null if the worker is to end
    @Nullable ProcessCall<?> take(ProcessWorker worker) {
        while (closing.get() == null) {
            var taken = new AtomicReference<@Nullable ProcessCall<?>>();
            boolean spare = workers.size() > config.least;
            if (!spare) {
                taken.set(received());
            } else if (!Deadline.after(config.idle).tryRun(() -> taken.set(received()))
                    && workers.size() <= config.least) {
                continue; // others have ended meanwhile
            }
            ProcessCall<?> call = taken.get();
            if (call == null) {
                return null;
            }
            if (call.begin(worker)) {
                waiting.decrementAndGet();
                running.incrementAndGet();
                return call;
            }
        }
        return null;
    }

    private @Nullable ProcessCall<?> received() {
        return calls.receiveOrEnd() instanceof Received.Value<ProcessCall<?>>(ProcessCall<?> call) ? call : null;
    }

    /// A worker has no call any more.
    void released() {
        running.decrementAndGet();
    }

    /// Has a call wait again, before all others: its worker has died.
    void giveBack(ProcessCall<?> call) {
        waiting.incrementAndGet();
        if (!call.again()) {
            waiting.decrementAndGet();
            return;
        }
        again.add(call);
        changed.trySend(true);
        try {
            calls.send(call);
        } catch (ChannelClosedException closed) {
            again.remove(call);
            call.cancel(Objects.requireNonNull(closing.get(), "closed for no reason"));
        }
    }

    @Nullable CancelReason closing() {
        return closing.get();
    }

    void startSucceeded() {
        failedStarts.set(0);
    }

    /// Called by a worker when it takes no calls any more.
    void left(ProcessWorker worker) {
        workers.remove(worker);
        changed.trySend(true);
    }

    /// Called by a worker that left because it died.
    ///
    /// @param ready whether it had started
    void died(boolean ready, PoolException why) {
        died.incrementAndGet();
        boolean hopeless = !ready && failedStarts.incrementAndGet() >= HOPELESS;
        if (hopeless && (workers.isEmpty() || config.together)) {
            while (calls.tryReceive() instanceof Received.Value<ProcessCall<?>>(ProcessCall<?> call)) {
                call.loseWaiting(why);
            }
        }
    }

    // The coroutine that starts workers.

    private void supervise() {
        try {
            TaskGroup.run(group -> {
                for (boolean _ : changed) {
                    while (wanted()) {
                        var worker = new ProcessWorker(this, started.incrementAndGet());
                        workers.add(worker);
                        group.start(worker.toString(), worker::run);
                    }
                }
            });
        } catch (CancelledException cancelled) {
            shut(cancelled.reason()); // the loops are being closed
        } finally {
            shut(new CancelReason.Requested(Strand.current().path(), "pool failed"));
            gone.complete(true);
            ownership.leave();
        }
    }

    private boolean wanted() {
        int live = workers.size();
        if (closing.get() != null || live >= config.workers) {
            return false;
        }
        if (failedStarts.get() >= HOPELESS) {
            return (live == 0 || config.together) && waiting.get() > 0;
        }
        return live < config.least || waiting.get() > live - running.get();
    }

    // The end.

    /// Begins the end; does not wait.
    private void shut(CancelReason why) {
        // One winner; pairs with itself, and with the reads of those who have just taken a call.
        if (!closing.compareAndSet(null, why)) {
            return;
        }
        calls.cancel(call -> call.cancel(why));
        changed.close();
        workers.forEach(worker -> worker.poolCloses(why));
    }

    @Override
    public void close() {
        shut(new CancelReason.Requested(Strand.current().path(), "pool closed"));
        gone.awaitUncancellable(this);
    }

    @Override
    public PoolStatistics statistics() {
        int ready = (int) workers.stream().filter(ProcessWorker::isReady).count();
        return new PoolStatistics(
                ready, started.get(), died.get(), Math.max(0, waiting.get()), running.get(), ended.get());
    }

    @Override
    public String toString() {
        return "pool of " + config.workers + " processes";
    }
}
