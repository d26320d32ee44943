package dev.sluice.task;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Awaited;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import dev.sluice.loop.Loop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The structured scope of tasks: none outlives it.
///
/// ```java
/// try (var group = TaskGroup.open()) {
///     Task<Page> a = group.start("a", () -> fetch(urlA));
///     Task<Page> b = group.start("b", () -> fetch(urlB));
///     group.join();                                   // both succeeded, or the failure is thrown
///     show(a.get(), b.get());
/// }
/// ```
///
/// The group is a cancel scope of the coroutine that opened it. When its policy decides so, at the first
/// failure by default, the scope is cancelled: the other tasks, and the owner itself if it waits inside the
/// group for something else than [#join]. Deadlines, task locals and scoped values of the owner hold for the
/// tasks too.
///
/// Always join. A group closed without it cancels what still runs and says so: a failure that nobody would see
/// is thrown by `close`.
///
/// Threads: `join` and `close` by the owner; `start` by the owner and by tasks of the group; the rest any.
///
/// @param <T> what the tasks return
/// @param <R> what joining returns
public final class TaskGroup<T, R> implements AutoCloseable {
    /// The body of a group, which gets it to start tasks.
    @FunctionalInterface
    public interface Body<X extends Exception> {
        void run(TaskGroup<Object, Void> group) throws X;
    }

    /// The body of a group, with a result.
    @FunctionalInterface
    public interface Work<U, X extends Exception> {
        U call(TaskGroup<Object, Void> group) throws X;
    }

    private static final VarHandle LIVE;

    static {
        try {
            LIVE = MethodHandles.lookup().findVarHandle(TaskGroup.class, "live", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final JoinPolicy<T, R> policy;
    private final Strand owner;
    private final GroupScope scope;
    private final Membership membership = new Membership();

    /// Tasks that have not ended, and one for the group that is open. At 0 nothing can start any more.
    private int live = 1; // any thread, through LIVE only

    private final Completion<Boolean> empty = new Completion<>();

    /// The tasks that the policy wants to see at the end, in the order of their start: all, or those that have
    /// failed.
    private final ConcurrentLinkedQueue<TaskStrand<? extends T>> tasks = new ConcurrentLinkedQueue<>();

    /// Null while nobody asked; then it gets each task that ends.
    private volatile @Nullable Completions<T> completions; // written by the owner; pairs with the read in ended

    // Tasks that end, before they are counted in LIVE; the owner after it has seen them all there.
    private @Nullable CancelReason enough; // why the policy had the others cancelled, if it was first to cancel
    private boolean cut; // whether a task was ended by a cancellation of the group
    private @Nullable TaskFailedException policyFailure;

    // The owner only.
    private boolean released; // the group's own count in LIVE has been given back
    private boolean joined;
    private boolean closed; // the scope has been left

    private TaskGroup(String name, JoinPolicy<T, R> policy) {
        this.name = name;
        this.policy = policy;
        this.completions = policy.keepsTasks() ? new Completions<>() : null;
        this.owner = Strand.current();
        this.scope = new GroupScope(owner, this);
        owner.enter(scope); // last: a policy that throws leaves no scope behind
    }

    /// A group in which the first failure cancels the others.
    public static TaskGroup<Object, Void> open() {
        return open("", JoinPolicy.failFast());
    }

    /// A group with a policy.
    public static <T, R> TaskGroup<T, R> open(JoinPolicy<T, R> policy) {
        return open("", policy);
    }

    /// A group with a name, which the paths of its tasks contain, and a policy.
    public static <T, R> TaskGroup<T, R> open(String name, JoinPolicy<T, R> policy) {
        return new TaskGroup<>(name, policy);
    }

    /// Runs a body inside a group in which the first failure cancels the others, and joins the group; see
    /// [#call].
    public static <X extends Exception> void run(Body<X> body) throws X {
        call(group -> {
            body.run(group);
            return TaskGroup.class;
        });
    }

    /// Calls a body inside a group in which the first failure cancels the others, and joins the group.
    ///
    /// For a body that does its share of the work, and waits for more than [#join]. When a task fails while it
    /// waits, that failure is thrown, and not the cancellation of the wait, which is its consequence.
    ///
    /// @return what the body returned; all tasks have ended
    /// @throws X what the body threw; what still ran has been cancelled then
    /// @throws TaskFailedException if a task failed, and the body did not fail for a reason of its own
    public static <U, X extends Exception> U call(Work<U, X> body) throws X {
        try (TaskGroup<Object, Void> group = open()) {
            U result;
            try {
                result = body.call(group);
            } catch (Throwable failure) {
                group.throwCauseOf(failure);
                throw failure;
            }
            if (!group.joined) {
                group.join();
            }
            return result;
        }
    }

    /// Throws why the group was cancelled, if that is what ended its body.
    private void throwCauseOf(Throwable failure) {
        if (joined || !CancelScope.endedBy(failure, scope)) {
            return;
        }
        try {
            join();
        } catch (TaskFailedException | CancelledException cause) {
            for (Throwable carried : failure.getSuppressed()) {
                cause.addSuppressed(carried);
            }
            throw cause;
        }
    }

    /// Starts a task on the loop of the caller.
    ///
    /// The task runs when the caller suspends next. In a group that is cancelled it starts cancelled, so that
    /// it can clean up.
    ///
    /// @param name for messages; not necessarily unique
    /// @throws IllegalStateException if the group has been joined or closed
    public <U extends T> Task<U> start(String name, Callable<? extends U> body) {
        return launch(home(), name, body);
    }

    /// Starts a task without a result.
    public Task<Void> start(String name, Action<?> body) {
        return launchVoid(home(), name, body);
    }

    /// Starts a task on a loop of the caller's choice.
    ///
    /// @throws IllegalStateException also if the loop has been closed
    public <U extends T> Task<U> startOn(Loop loop, String name, Callable<? extends U> body) {
        return launch(open(loop, name), name, body);
    }

    /// Starts a task without a result on a loop of the caller's choice.
    public Task<Void> startOn(Loop loop, String name, Action<?> body) {
        return launchVoid(open(loop, name), name, body);
    }

    private static EventLoop open(Loop loop, String taskName) {
        EventLoop engine = Engines.of(loop);
        if (engine.ended()) {
            throw new IllegalStateException("start task " + taskName + ": " + loop + " has been closed");
        }
        return engine;
    }

    private EventLoop home() {
        EventLoop loop = Strand.current().loop();
        return loop != null ? loop : Engines.of(Loop.current());
    }

    @SuppressWarnings("unchecked") // a task without a result has the result null, which is of every type
    private Task<Void> launchVoid(EventLoop loop, String taskName, Action<?> body) {
        Objects.requireNonNull(body, "body");
        Callable<? extends T> call = () -> {
            body.run();
            return JoinPolicies.nothing();
        };
        return (Task<Void>) (Task<?>) launch(loop, taskName, call);
    }

    private <U extends T> Task<U> launch(EventLoop loop, String taskName, Callable<? extends U> body) {
        Objects.requireNonNull(body, "body"); // where it is the caller's mistake, not that of a task
        retain();
        TaskStrand<U> task = null;
        try {
            var place = new TaskStrand.Place(scope, loop, Strand.current().locals());
            task = new TaskStrand<>(membership, place, taskName, body);
            if (policy.keepsTasks()) {
                tasks.add(task);
            }
            task.start();
            return task;
        } catch (Throwable e) {
            if (task != null) {
                tasks.remove(task);
            }
            release();
            throw e;
        }
    }

    /// Waits until all tasks have ended, and returns what the policy makes of them. Afterwards the group takes
    /// no more tasks.
    ///
    /// When the group is cancelled from outside, so are its tasks; joining still waits for them.
    ///
    /// @throws TaskFailedException if the policy says that the group failed
    /// @throws CancelledException if the group was cancelled from outside, or by [#cancel], and not all tasks
    ///     succeeded all the same
    /// @throws IllegalStateException if the group has been joined already
    public R join() {
        requireOwner("join");
        if (joined) {
            throw new IllegalStateException("join " + this + ": joined already, expected once");
        }
        awaitTasks();
        joined = true;
        List<Task<? extends T>> ended = List.copyOf(tasks);
        if (policyFailure != null) {
            throw policyFailure;
        }
        CancelReason why = scope.reason();
        if (cut && why != null && why != enough) {
            throw cancelledWithFailures(why, ended);
        }
        return policy.result(ended);
    }

    /// The tasks in the order in which they end, each when it has ended; complete when none is left. Starting
    /// more tasks meanwhile is fine. Join afterwards as usual.
    ///
    /// A group that does not keep its tasks, as [JoinPolicy#failFast] does not, gives out those that end after
    /// this call.
    ///
    /// @return an iterable whose iterator waits; it throws [CancelledException] if the caller is cancelled
    public Iterable<Task<T>> completions() {
        requireOwner("completions");
        Completions<T> ending = completions;
        if (ending == null) {
            ending = new Completions<>();
            completions = ending;
        }
        Completions<T> shown = ending;
        return () -> shown.iterator(this::pending);
    }

    /// Cancels all tasks, and the owner inside the group. Does not wait: [#close] does, and does not complain
    /// then of tasks that still ran.
    public void cancel(String text) {
        scope.cancel(new CancelReason.Requested(Strand.current().path(), text));
    }

    /// Ends the group. After [#join] it only leaves the scope.
    ///
    /// If an [Error] comes between, such as the end of the memory or of the stack, the group is still open:
    /// another call goes on where this one was, and the end of the owner's task makes one.
    ///
    /// @throws TaskFailedException if the group was not joined and a task failed
    /// @throws IllegalStateException if the group was neither joined nor cancelled, and tasks still ran; they
    ///     have been cancelled. In a `try` block that is left by an exception it is a suppressed exception of
    ///     that one.
    @Override
    public void close() {
        requireOwner("close");
        if (closed) {
            return;
        }
        if (owner.scope() != scope) {
            throw new IllegalStateException("close " + this + ": " + owner.scope()
                    + " was opened inside and is still open, expected it closed");
        }
        boolean forgotten = !joined;
        // Who has awaited a task may be here before the task has told its group: such a task counts as pending,
        // but it has left the scope, which it does before its outcome is seen.
        boolean unfinished = forgotten
                && pending() > 0
                && scope.reason() == null
                && !scope.tasks().isEmpty();
        if (unfinished) {
            scope.cancel(new CancelReason.Requested(owner.path(), "group closed before it was joined"));
        }
        awaitTasks();
        boolean cancelledFromOutside = scope.parent() != null && scope.parent().reason() != null;
        owner.leave(scope);
        closed = true;
        scope.left();
        if (forgotten) {
            JoinPolicies.throwFailures(null, List.<Task<? extends T>>copyOf(tasks));
            if (unfinished && !cancelledFromOutside) {
                throw new IllegalStateException(
                        "close " + this + ": tasks were still running and have been cancelled, expected join() before");
            }
        }
    }

    private void awaitTasks() {
        if (!released) {
            released = true;
            release();
        }
        empty.awaitUncancellable(membership);
    }

    private CancelledException cancelledWithFailures(CancelReason why, List<Task<? extends T>> ended) {
        var cancelled = new CancelledException(why);
        for (Task<? extends T> task : ended) {
            if (((TaskStrand<?>) task).known() instanceof Outcome.Failed<?>(Throwable failure)) {
                cancelled.addSuppressed(new TaskFailedException(task.path(), failure));
            }
        }
        return cancelled;
    }

    private void requireOwner(String operation) {
        if (Strand.current() != owner) {
            throw new IllegalStateException(operation + " " + this + ": called by "
                    + Strand.current().path() + ", expected its owner " + owner.path());
        }
    }

    private int pending() {
        // Acquire: pairs with the decrement in release; the open group itself does not count.
        return (int) LIVE.getAcquire(this) - (released ? 0 : 1);
    }

    private void retain() {
        while (true) {
            // Pairs with release: once at 0 the group stays empty.
            int now = (int) LIVE.getVolatile(this);
            if (now == 0) {
                throw new IllegalStateException("start task in " + this + ": the group has been joined or closed");
            }
            // Pairs with release.
            if (LIVE.compareAndSet(this, now, now + 1)) {
                return;
            }
        }
    }

    private void release() {
        // Releases what the task wrote; pairs with retain, and with pending in the owner.
        if ((int) LIVE.getAndAdd(this, -1) == 1) {
            empty.complete(true);
        }
        Completions<T> ending = completions;
        if (ending != null) {
            ending.changed();
        }
    }

    @Override
    public String toString() {
        return "group " + membership.path();
    }

    /// What a task sees of its group, and what its owner waits for when it joins.
    private final class Membership implements TaskStrand.Owner, Awaited {
        @Override
        public Needs needs(Strand waiter) {
            return new Members(scope);
        }

        @Override
        public String subject() {
            return TaskGroup.this.toString();
        }

        @Override
        public String toString() {
            return subject();
        }

        @Override
        public String path() {
            String above = owner.loop() != null ? owner.path() : ""; // a foreign thread is no part of a path
            return name.isEmpty() ? above : above.isEmpty() ? name : above + "/" + name;
        }

        @Override
        @SuppressWarnings("unchecked") // only tasks of this group, which return T
        public void ended(TaskStrand<?> task, Outcome<?> outcome) {
            try {
                note((TaskStrand<? extends T>) task, (Outcome<? extends T>) outcome);
            } finally {
                release(); // or the group would wait for ever
            }
        }

        private void note(TaskStrand<? extends T> mine, Outcome<? extends T> outcome) {
            boolean stop = decide(mine, outcome);
            CancelReason why = stop ? reasonToStop(mine, outcome) : null;
            if (why != null && scope.cancel(why)) {
                enough = why;
            }
            if (outcome instanceof Outcome.Cancelled<?>(CancelReason reason) && reason == scope.reason()) {
                cut = true;
            }
            if (!policy.keepsTasks() && outcome instanceof Outcome.Failed<?>) {
                tasks.add(mine);
            }
            Completions<T> ending = completions;
            if (ending != null) {
                ending.add(mine);
            }
        }

        /// Asks the policy. One that fails must not leave the group waiting for ever; joining throws its
        /// failure.
        private boolean decide(TaskStrand<? extends T> task, Outcome<? extends T> outcome) {
            try {
                return policy.ended(task, outcome);
            } catch (Throwable failure) {
                policyFailure = new TaskFailedException(task.path() + " (its group's policy)", failure);
                return true;
            }
        }

        private CancelReason reasonToStop(Task<?> task, Outcome<?> outcome) {
            @Nullable Throwable failure = outcome instanceof Outcome.Failed<?>(Throwable thrown) ? thrown : null;
            return failure != null
                    ? new CancelReason.SiblingFailed(task.path(), failure)
                    : new CancelReason.Requested("task " + task.path(), "its group needs no other result");
        }
    }
}
