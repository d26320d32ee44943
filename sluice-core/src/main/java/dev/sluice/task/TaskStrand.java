package dev.sluice.task;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.channel.Clause;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.sched.VirtualThreads;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Locals;
import dev.sluice.internal.strand.Scope;
import dev.sluice.internal.strand.Strand;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A task and the coroutine that runs it, in one object, because programs have a million of them.
///
/// How it ended, and who waits for that, is one field. Most tasks are awaited as a group, and need no
/// [Completion]:
///
///     null ──the first waits──▶ Completion ──run──▶ Outcome, and the completion is completed with it
///       └──────────────────────────────────run──▶ Outcome
///
/// Threads: `run` by the coroutine, once; the rest any.
final class TaskStrand<T> extends Strand implements Task<T>, Runnable {
    /// Who is told of the end: a group, or the loops for a task at the root.
    interface Owner {
        /// The path that the names of its tasks continue; empty for a root.
        String path();

        /// A task has ended; called by its coroutine, which does nothing after it.
        void ended(TaskStrand<?> task, Outcome<?> outcome);
    }

    private static final VarHandle END;

    static {
        try {
            END = MethodHandles.lookup().findVarHandle(TaskStrand.class, "end", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final Owner owner;
    private @Nullable Callable<? extends T> body; // the coroutine only, after the start
    private @Nullable Object end; // any thread, through END only

    TaskStrand(Owner owner, Place place, String name, Callable<? extends T> body) {
        super(place.scope(), place.loop(), place.locals());
        this.owner = owner;
        this.name = name;
        this.body = body;
    }

    /// Where a task is started.
    ///
    /// @param scope the scope that cancels it
    record Place(Scope scope, EventLoop loop, @Nullable Locals locals) {}

    /// Starts the coroutine. If that fails, the scope does not know of it any more.
    void start() {
        EventLoop loop = loop();
        assert loop != null;
        begins();
        try {
            Thread coroutine = loop.coroutine(name, this);
            Object scopedValues = VirtualThreads.scopedValues();
            if (scopedValues != null) {
                VirtualThreads.inheritScopedValues(coroutine, scopedValues);
            }
            attach(coroutine);
            coroutine.start();
        } catch (Throwable failure) {
            ended();
            throw failure;
        }
    }

    @Override
    public void run() {
        started();
        conclude(perform());
    }

    /// Apart from [#run], whose frame is memory for as long as the task waits.
    private void conclude(Outcome<T> performed) {
        Outcome<T> outcome = complain(performed, leaveForgotten());
        ended();
        // Pairs with completion(), which either installs before and is found here, or finds the outcome.
        Object before = END.getAndSet(this, outcome);
        if (before != null) {
            awaited(before).complete(outcome);
        }
        owner.ended(this, outcome);
    }

    private Outcome<T> perform() {
        Callable<? extends T> work = body;
        assert work != null;
        body = null; // what it captured may be large, and the task is kept
        try {
            T result = work.call(); // first: what is allocated before the call lives as long as the task waits
            return new Outcome.Succeeded<>(result);
        } catch (Throwable failure) {
            return outcomeOf(failure);
        }
    }

    private static <T> Outcome<T> complain(Outcome<T> outcome, @Nullable IllegalStateException complaint) {
        if (complaint == null) {
            return outcome;
        }
        if (outcome instanceof Outcome.Failed<T>(Throwable failure)) {
            failure.addSuppressed(complaint);
            return outcome;
        }
        return new Outcome.Failed<>(complaint);
    }

    private Outcome<T> outcomeOf(Throwable failure) {
        CancelReason why = reason();
        if (why == null || !explains(failure)) {
            return new Outcome.Failed<>(failure);
        }
        TaskFailedException.reportThoseIn(failure);
        return new Outcome.Cancelled<>(why);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String path() {
        String above = owner.path();
        return above.isEmpty() ? name : above + "/" + name;
    }

    @Override
    public boolean isDone() {
        return known() != null;
    }

    @Override
    public T get() {
        return switch (outcome()) {
            case Outcome.Succeeded<T>(T value) -> value;
            case Outcome.Failed<T>(Throwable failure) -> throw new TaskFailedException(path(), failure);
            case Outcome.Cancelled<T>(CancelReason why) -> throw new CancelledException(why);
        };
    }

    @Override
    public Outcome<T> outcome() {
        Outcome<T> known = known();
        return known != null ? known : completion().await(this);
    }

    @Override
    public <R> Clause<R> onEnd(Function<? super Outcome<T>, ? extends R> then) {
        return Promise.clause(completion(), this, then);
    }

    /// Waits for the outcome, cancelled or not.
    Outcome<T> awaitEnd() {
        return completion().awaitUncancellable(this);
    }

    /// The outcome, or null while the task runs.
    @SuppressWarnings("unchecked") // only run writes an outcome
    @Nullable Outcome<T> known() {
        // Acquires what the task wrote; pairs with the exchange in run.
        return END.getAcquire(this) instanceof Outcome<?> outcome ? (Outcome<T>) outcome : null;
    }

    /// The end for those who wait for it.
    @SuppressWarnings("unchecked") // only run writes an outcome
    private Completion<Outcome<T>> completion() {
        var made = new Completion<Outcome<T>>();
        // Pairs with the exchange in run, and with itself.
        Object before = END.compareAndExchange(this, null, made);
        if (before == null) {
            return made;
        }
        if (before instanceof Outcome<?> outcome) {
            made.complete((Outcome<T>) outcome);
            return made;
        }
        return awaited(before);
    }

    @SuppressWarnings("unchecked") // only completion() installs one
    private Completion<Outcome<T>> awaited(Object installed) {
        return (Completion<Outcome<T>>) installed;
    }

    @Override
    public boolean cancel(String text) {
        return cancel(new CancelReason.Requested(Strand.current().path(), text));
    }

    @Override
    public Optional<CancelReason> cancelled() {
        return Optional.ofNullable(reason());
    }

    @Override
    public String doing() {
        return isDone() ? "ended" : super.doing();
    }

    @Override
    public CompletableFuture<T> toFuture() {
        var future = new CompletableFuture<T>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                TaskStrand.this.cancel("its future was cancelled");
                return super.cancel(mayInterruptIfRunning);
            }
        };
        Completion<Outcome<T>> completion = completion();
        completion.whenComplete(() -> Promise.settle(future, completion));
        return future;
    }

    @Override
    public String toString() {
        return "task " + path();
    }
}
