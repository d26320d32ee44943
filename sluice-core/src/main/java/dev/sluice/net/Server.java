package dev.sluice.net;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import dev.sluice.net.Listener.Handler;
import dev.sluice.net.Listener.Limits;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.sync.Semaphore;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Serves what a listener accepts: a task for each connection, in a group.
///
/// Threads: `serve` one coroutine; the counters any.
final class Server {
    private static final long FIRST_PAUSE_NANOS = 5_000_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

    /// What passes when others close something. The listener itself is fine.
    private static final Set<String> WANTING = Set.of("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM");

    private static final String CLOSED = "the listener was closed";

    private final Listener listener;

    /// Waits for room or for descriptors, in which a close is not noticed otherwise.
    private final Set<CancelScope> waiting = ConcurrentHashMap.newKeySet();

    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    Server(Listener listener) {
        this.listener = listener;
    }

    Listener.Statistics statistics() {
        return new Listener.Statistics(accepted.get(), open.get(), failed.get(), refused.get());
    }

    void accepted() {
        accepted.incrementAndGet();
    }

    /// Ends what waits for something else than a connection. Called when the listener has just been closed; its
    /// accepts it ends itself.
    void closed() {
        waiting.forEach(scope -> scope.cancel(CLOSED));
    }

    /// Serves until the listener is closed.
    ///
    /// @param closed whether it has been
    void serve(Limits limits, Handler handler, BooleanSupplier closed) throws IOException {
        var drain = new Drain();
        drain.<IOException>around(() -> serve(limits, handler, closed, drain));
    }

    private void serve(Limits limits, Handler handler, BooleanSupplier closed, Drain drain) throws IOException {
        var room = new Semaphore("connections of " + listener, limits.connections());
        try (var group = TaskGroup.open()) {
            acceptAll(group, room, handler, closed);
            drain.begin();
            boolean drained = Deadline.after(limits.drain()).tryRun(() -> room.acquire(limits.connections()));
            if (!drained) {
                group.cancel(CLOSED + " " + limits.drain() + " ago");
            }
            join(group, drained);
        }
        Strand.current().checkpoint();
    }

    private static void join(TaskGroup<Object, Void> group, boolean drained) {
        try {
            group.join();
        } catch (CancelledException ended) {
            if (drained) {
                throw ended;
            }
            // Ours, or that of a scope around, which the checkpoint behind the group finds.
        }
    }

    private void acceptAll(TaskGroup<Object, Void> group, Semaphore room, Handler handler, BooleanSupplier closed)
            throws IOException {
        whileOpen(closed, () -> {}); // loads what a wait needs: to find a class takes a descriptor, too
        long pause = FIRST_PAUSE_NANOS;
        while (room.tryAcquire() || whileOpen(closed, room::acquire)) {
            Connection connection;
            try {
                connection = listener.accept();
            } catch (NetException failure) {
                room.release();
                if (closed.getAsBoolean()) {
                    return;
                }
                if (!WANTING.contains(failure.error().orElse(""))) {
                    throw failure;
                }
                refused.incrementAndGet();
                long nanos = pause;
                whileOpen(closed, () -> Sleep.nanos(nanos, "descriptors for " + listener));
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
                continue;
            }
            pause = FIRST_PAUSE_NANOS;
            start(group, room, handler, connection);
        }
    }

    /// Waits until the wait ends or the listener is closed.
    ///
    /// @return false if the listener's close has ended the wait
    private boolean whileOpen(BooleanSupplier closed, Action<RuntimeException> wait) {
        return CancelScope.run(scope -> {
            waiting.add(scope);
            try {
                // The flag after the entry; close() sets the flag and then looks at the entries.
                if (closed.getAsBoolean()) {
                    scope.cancel(CLOSED);
                }
                wait.run();
            } finally {
                waiting.remove(scope);
            }
        });
    }

    private void start(TaskGroup<Object, Void> group, Semaphore room, Handler handler, Connection connection) {
        open.incrementAndGet();
        group.start(connection.remote().toString(), new Serving(handler, connection, room));
    }

    /// What the task of a connection does.
    ///
    /// Not a lambda, and what does not wait has methods of its own: each frame is memory for as long as the
    /// connection is open, and those of code that runs once a connection are compiled late.
    private final class Serving implements Callable<Object> {
        private final Handler handler;
        private final Connection connection;
        private final Semaphore room;

        Serving(Handler handler, Connection connection, Semaphore room) {
            this.handler = handler;
            this.connection = connection;
            this.room = room;
        }

        @Override
        public Object call() {
            Throwable failure = null;
            // Not `try (connection)`: that would close in an orderly way what has failed.
            try {
                handler.serve(connection);
                connection.close();
            } catch (Throwable thrown) { // conclude throws again what is not the connection's
                failure = thrown;
            }
            return conclude(failure);
        }

        private Object conclude(@Nullable Throwable failure) {
            try {
                if (failure instanceof CancelledException cancelled) {
                    connection.abort();
                    throw cancelled;
                }
                if (failure != null) {
                    fail(failure);
                }
            } finally {
                open.decrementAndGet();
                room.release();
            }
            return true;
        }

        private void fail(Throwable failure) {
            if (failure instanceof Error grave && !isOfHandler(grave)) {
                throw grave;
            }
            failed.incrementAndGet();
            connection.abort();
            boolean ofPeer = failure instanceof IOException
                    || failure instanceof UncheckedIOException; // from what iterates over messages
            if (!ofPeer) {
                report(new Report.UnobservedFailure(Strand.current().path(), failure));
            }
        }

        private static boolean isOfHandler(Error error) {
            return error instanceof LinkageError
                    || error instanceof AssertionError
                    || error instanceof StackOverflowError;
        }
    }

    static void report(Report report) {
        EventLoop loop = Strand.current().loop();
        if (loop != null) {
            loop.report(report);
        } else {
            Reports.publish(report);
        }
    }
}
