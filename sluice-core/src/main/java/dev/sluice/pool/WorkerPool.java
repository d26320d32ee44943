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
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A pool of workers: calls that wait, workers that take them, and a coroutine that starts workers.
///
///     submit ──▶ calls ──take──▶ worker
///                  ▲               │ it has died, or is slow: calls that may begin again
///                  └───────────────┘
///
/// Invariants: `waiting` counts the calls that are WAITING; a worker is in `workers` from the decision to start
/// it until it takes no calls any more. `closing` is set once, before `calls` is closed and the workers are
/// told.
///
/// Threads: any; what starts workers is on the loop on which the pool was opened.
///
/// @param <C> a call of such a pool
abstract class WorkerPool<C extends WorkerCall<?>> extends AbstractPool {
    /// Starts that fail in a row until calls fail instead of waiting for the next.
    private static final int HOPELESS = 3;

    /// How many there may be.
    ///
    /// @param least workers that stay
    /// @param idle how long the others stay without a call
    /// @param waiting calls without a worker
    /// @param together whether calls wait for each other, each for a worker of its own
    record Limits(int workers, int least, Duration idle, int waiting, boolean together) {}

    private final Limits limits;
    private final Channel<C> calls;
    private final Channel<Boolean> changed = Channel.latest(); // wakes who starts workers
    private final Set<PoolWorker> workers = ConcurrentHashMap.newKeySet();
    private final Set<C> again = ConcurrentHashMap.newKeySet(); // taken before those that are new
    private final AtomicReference<@Nullable CancelReason> closing = new AtomicReference<>();
    private final Completion<Boolean> gone = new Completion<>();
    private final Ownership ownership = new Ownership(this, this::close);

    // Counters, each by itself.
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger(); // workers that run a call
    private final AtomicInteger failedStarts = new AtomicInteger(); // in a row
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong started = new AtomicLong();
    private final AtomicLong died = new AtomicLong();

    WorkerPool(Loop loop, Limits limits) {
        super(loop, limits.waiting);
        this.limits = limits;
        this.calls = Channel.priority(limits.waiting, call -> again.remove(call) ? 0 : 1);
    }

    /// Begins to work, as part of the caller's scope.
    final void begin() {
        changed.trySend(true);
        loop().execute(this::supervise);
        ownership.join();
    }

    /// A worker, which has not started.
    abstract PoolWorker newWorker(long number);

    // Calls.

    /// Has a call wait for a worker; suspends the caller while too many do.
    final void enqueue(C call) {
        waiting.incrementAndGet();
        boolean sent = false;
        try {
            if (workers.size() < limits.workers) { // a worker that leaves says so itself
                changed.trySend(true);
            }
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
    }

    /// @throws IllegalStateException if the pool has been closed
    final void requireOpen() {
        requireOpen(null);
    }

    private void requireOpen(@Nullable Throwable cause) {
        CancelReason why = closing.get();
        if (why != null) {
            throw new IllegalStateException("submit to " + this + ": closed: " + why.describe(), cause);
        }
    }

    /// A call is about to end; who sees the end sees it counted.
    ///
    /// @param waited whether no worker has it
    final void ends(boolean waited) {
        ended.incrementAndGet();
        if (waited) {
            waiting.decrementAndGet();
        }
    }

    // What workers ask for.

    /// The next call for a worker, which has begun; waits for it.
    ///
    /// @return null if the worker is to end
    final @Nullable C take(PoolWorker worker) {
        while (closing.get() == null) {
            CancelScope.checkpoint();
            C call = valueOf(calls.tryReceive()); // first, for an idle time of zero is over before a wait begins
            if (call == null) {
                boolean spare = workers.size() > limits.least;
                call = spare ? receivedSoon() : received();
                if (call == null && spare && workers.size() <= limits.least) {
                    continue; // others have ended meanwhile
                }
            }
            if (call == null) {
                return null;
            }
            if (begun(call, worker)) {
                busy.incrementAndGet();
                return call;
            }
        }
        return null;
    }

    /// One more call for a worker that has others, which has begun.
    ///
    /// @return null if none waits
    final @Nullable C takeMore(PoolWorker worker) {
        C call;
        do {
            call = valueOf(calls.tryReceive());
        } while (call != null && !begun(call, worker));
        return call;
    }

    private boolean begun(C call, PoolWorker worker) {
        if (!call.begin(worker)) {
            return false;
        }
        waiting.decrementAndGet();
        running.incrementAndGet();
        return true;
    }

    private @Nullable C receivedSoon() {
        var taken = new AtomicReference<@Nullable C>();
        boolean _ = Deadline.after(limits.idle).tryRun(() -> taken.set(received()));
        return taken.get();
    }

    private @Nullable C received() {
        return valueOf(calls.receiveOrEnd());
    }

    private static <C> @Nullable C valueOf(Received<C> received) {
        return received instanceof Received.Value<C>(C call) ? call : null;
    }

    /// A worker does not have a call any more.
    ///
    /// @param last whether it has no other
    final void released(boolean last) {
        running.decrementAndGet();
        if (last) {
            busy.decrementAndGet();
        }
    }

    /// Has a call wait again, before all others: its worker has died, or has not begun it for too long.
    final void giveBack(C call) {
        waiting.incrementAndGet();
        if (!call.again()) {
            return;
        }
        again.add(call);
        changed.trySend(true);
        try {
            calls.send(call);
        } catch (ChannelClosedException closed) {
            again.remove(call);
            call.cancel(Objects.requireNonNull(closing.get(), "closed for no reason"));
        } catch (CancelledException cut) { // the loops are being closed, and nobody else has the call
            again.remove(call);
            call.cancel(cut.reason());
            throw cut;
        }
    }

    final @Nullable CancelReason closing() {
        return closing.get();
    }

    final void startSucceeded() {
        failedStarts.set(0);
    }

    /// Called by a worker when it takes no calls any more.
    final void left(PoolWorker worker) {
        workers.remove(worker);
        changed.trySend(true);
    }

    /// Called by a worker that left because it died.
    ///
    /// @param ready whether it had started
    final void died(boolean ready, PoolException why) {
        died.incrementAndGet();
        boolean hopeless = !ready && failedStarts.incrementAndGet() >= HOPELESS;
        if (hopeless && (workers.isEmpty() || limits.together)) {
            while (calls.tryReceive() instanceof Received.Value<C>(C call)) {
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
                        PoolWorker worker = newWorker(started.incrementAndGet());
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
        if (closing.get() != null || live >= limits.workers) {
            return false;
        }
        if (failedStarts.get() >= HOPELESS) {
            return (live == 0 || limits.together) && waiting.get() > 0;
        }
        return live < limits.least || waiting.get() > live - busy.get();
    }

    // The end.

    /// Begins the end; does not wait.
    final void shut(CancelReason why) {
        // One winner; pairs with itself, and with the reads of those who have just taken a call.
        if (!closing.compareAndSet(null, why)) {
            return;
        }
        calls.cancel(call -> call.cancel(why));
        changed.close();
        workers.forEach(worker -> worker.poolCloses(why));
    }

    @Override
    public final void close() {
        shut(new CancelReason.Requested(Strand.current().path(), "pool closed"));
        gone.awaitUncancellable(this);
    }

    @Override
    public final PoolStatistics statistics() {
        int ready = (int) workers.stream().filter(PoolWorker::isReady).count();
        return new PoolStatistics(
                ready, started.get(), died.get(), Math.max(0, waiting.get()), running.get(), ended.get());
    }
}
