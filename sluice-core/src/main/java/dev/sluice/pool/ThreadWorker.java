package dev.sluice.pool;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Channel;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.strand.CallStrand;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskGroup;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A thread that takes calls and runs them, and the coroutine that waits for its end and for cancelled
/// functions that do not.
///
///     starting ──initialized──▶ ready ──take──▶ busy ──the function ends──▶ ready
///         │                       │              └──cancelled, and the grace is over──▶ given up
///         └───────────────────────┴──no more calls──▶ ended
///
/// Invariant: `current` is what the thread runs; whoever takes it out ends its call: the thread when it has run
/// it, or the coroutine that gives it up, after which the thread does nothing more.
///
/// In a simulation the thread is a coroutine of the loop.
///
/// Threads: `work` and what it calls by that thread; `run` and `watch` by coroutines; the rest any.
final class ThreadWorker implements PoolWorker {
    private final ThreadPool pool;
    private final long number;
    private final Channel<Running<?>> cancelled = Channel.latest(); // there is one at a time
    private final AtomicReference<@Nullable Running<?>> current = new AtomicReference<>(); // pairs with itself

    /// How it has ended: with the reason, unless it was told to.
    private final Completion<Optional<WorkerDiedException>> ended = new Completion<>();

    private boolean givenUp; // set by its coroutines, read when they have ended

    private volatile boolean ready; // written by the thread; pairs with its reads in isReady and run

    ThreadWorker(ThreadPool pool, long number) {
        this.pool = pool;
        this.number = number;
    }

    /// What the thread runs: a call, or the initializer.
    private final class Running<R> extends CallStrand {
        final @Nullable ThreadCall<R> call; // null: the initializer
        final Completion<Boolean> over = new Completion<>();

        Running(@Nullable ThreadCall<R> call) {
            super(Engines.root(pool.loop().loops()), Engines.of(pool.loop()));
            this.call = call;
        }

        @SuppressWarnings("NullAway") // functions may break their word
        Outcome<R> outcome(Body<? extends R> body) {
            try {
                R value = run(body);
                return value != null
                        ? new Outcome.Succeeded<>(value)
                        : failed(new NullPointerException("result=null, expected a value"));
            } catch (Throwable failure) {
                CancelReason why = reason();
                return why != null ? new Outcome.Cancelled<>(why) : failed(failure);
            }
        }

        private Outcome<R> failed(Throwable failure) {
            return new Outcome.Failed<>(new FunctionFailedException(
                    this + " threw: " + FailureImage.textOf(failure),
                    failure.getClass().getName(),
                    failure));
        }

        @Override
        public String path() {
            return toString();
        }

        @Override
        public String toString() {
            return (call == null ? "initializer" : call) + " in " + ThreadWorker.this;
        }
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void cancel(WorkerCall<?> call) {
        Running<?> running = current.get();
        if (running != null && running.call == call) {
            call.cancelled().ifPresent(why -> stop(running, why));
        }
    }

    @Override
    public void poolCloses(CancelReason why) {
        Running<?> running = current.get();
        if (running == null) {
            return;
        }
        ThreadCall<?> call = running.call;
        if (call != null) {
            call.cancel(why);
        } else {
            stop(running, why);
        }
    }

    private void stop(Running<?> running, CancelReason why) {
        running.cancel(why);
        cancelled.trySend(running);
    }

    // The coroutine.

    @Override
    public void run() {
        try {
            TaskGroup.run(group -> {
                group.start("cancel", this::watch);
                launch();
                ended.await(this);
                cancelled.close();
            });
        } catch (CancelledException cut) {
            endNow(cut.reason());
        } finally {
            pool.left(this);
        }
        Optional<WorkerDiedException> death = ended.result();
        if (death != null && !givenUp) {
            death.ifPresent(this::mourn);
        }
    }

    private void mourn(WorkerDiedException why) {
        // Its thread has failed in our own code, and left it. Pairs with the exchanges in execute and giveUp.
        Running<?> running = current.getAndSet(null);
        pool.died(ready, why); // first: who sees the call end sees the death counted
        if (running != null && running.call != null) {
            pool.released(true);
            running.call.lose(why);
        }
    }

    private void launch() {
        if (Engines.of(pool.loop()).simulated()) {
            pool.loop().execute(this::work);
            return;
        }
        try {
            Thread.ofPlatform().daemon().name("sluice-pool-" + number).start(this::work);
        } catch (OutOfMemoryError none) { // the system has no thread
            ended.complete(Optional.of(died(none)));
        }
    }

    /// The loops are being closed, and cancel what runs. The thread may wait for a call, which they do not
    /// reach: the pool ends that.
    private void endNow(CancelReason why) {
        pool.shut(why);
        CancelScope.shield(() -> {
            boolean whole = Deadline.after(pool.config.grace).tryRun(() -> ended.await(this));
            Running<?> running = current.get();
            if (!whole && running != null) {
                running.cancel(why); // who has cancelled its call may be about to
                giveUp(running);
            }
        });
    }

    /// Gives up what goes on for too long after it was cancelled.
    private void watch() {
        for (Running<?> running : cancelled) {
            boolean whole = Deadline.after(pool.config.grace).tryRun(() -> running.over.await(running));
            if (!whole && giveUp(running)) {
                return; // though it may have been cancelled twice
            }
        }
    }

    /// @return false if it has ended meanwhile
    private <R> boolean giveUp(Running<R> running) {
        CancelReason why = running.reason();
        assert why != null : "given up without being cancelled";
        // Pairs with the exchange in execute: one of both ends the call.
        if (!current.compareAndSet(running, null)) {
            return false;
        }
        Reports.publish(new Report.IgnoredCancel(
                pool.toString(),
                why.describe(),
                List.of(new Report.Holdout(running.toString(), running.doing(), running.thread()))));
        var died = new WorkerDiedException(running + " was given up: " + why.describe(), "given up");
        givenUp = true;
        pool.left(this);
        pool.died(ready, died); // first: who sees the call end sees the death counted
        ThreadCall<R> call = running.call;
        if (call != null) {
            pool.released(true);
            call.cut(why);
        }
        ended.complete(Optional.of(died));
        return true;
    }

    // The thread.

    private void work() {
        Optional<WorkerDiedException> end = Optional.empty();
        try {
            end = initialize();
            if (ready) {
                serve();
            }
        } catch (Throwable failure) {
            end = Optional.of(died(failure));
        }
        ended.complete(end); // unless it was given up
    }

    private WorkerDiedException died(Throwable failure) {
        var died = new WorkerDiedException("start of a worker: " + this + " died: " + failure, failure.toString());
        died.initCause(failure);
        return died;
    }

    private Optional<WorkerDiedException> initialize() {
        ThreadPoolConfig.Initializer<?> first = pool.config.initializer;
        if (first != null) {
            Outcome<Object> outcome = execute(new Running<>(null), first::call);
            if (outcome instanceof Outcome.Failed<Object>(Throwable failure)) {
                return Optional.of(died(failure));
            }
            if (!(outcome instanceof Outcome.Succeeded<Object>)) {
                return Optional.empty(); // the pool is being closed
            }
        }
        ready = true;
        pool.startSucceeded();
        return Optional.empty();
    }

    private void serve() {
        boolean goesOn = true;
        while (goesOn) {
            ThreadCall<?> call = next();
            goesOn = call != null && served(call);
        }
    }

    private @Nullable ThreadCall<?> next() {
        while (true) {
            try {
                return pool.take(this);
            } catch (CancelledException cancelled) {
                if (Strand.current().scope().reason() != null) {
                    return null; // a simulation ends
                }
                // A function that has ended left somebody behind who interrupts its thread: that was not for
                // us.
            }
        }
    }

    /// @return false if it was given up
    private <R> boolean served(ThreadCall<R> call) {
        Outcome<R> outcome = execute(new Running<>(call), call.body::call);
        if (outcome == null) {
            return false;
        }
        pool.released(true);
        call.finish(outcome);
        return true;
    }

    /// @return null if it was given up
    private <R> @Nullable Outcome<R> execute(Running<R> running, CallStrand.Body<? extends R> body) {
        current.set(running);
        CancelReason closing = pool.closing();
        if (closing != null) {
            poolCloses(closing); // who closed it may have looked before
        }
        if (running.call != null) {
            cancel(running.call); // the same
        }
        Outcome<R> outcome = running.outcome(body);
        boolean _ = Thread.interrupted(); // what is left of the function
        running.over.complete(true);
        // Pairs with the exchange in giveUp.
        return current.compareAndSet(running, null) ? outcome : null;
    }

    @Override
    public String toString() {
        return "worker " + number;
    }
}
