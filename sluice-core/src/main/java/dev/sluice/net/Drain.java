package dev.sluice.net;

import dev.sluice.internal.strand.Strand;
import dev.sluice.observe.Report;
import dev.sluice.task.TaskLocal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// Who wants to know that the listener they are served by is closed: for [Listener#onDrain].
///
///     OPEN ──begin──▶ BEGUN       an action runs once: in begin, or at once if it comes later
///
/// Threads: any; `lock` guards all fields, and no action runs under it.
final class Drain {
    private static final TaskLocal<Drain> NEAREST = new TaskLocal<>("drain of the listener that serves");

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Wish> wishes = new LinkedHashSet<>(); // in the order in which they came
    private boolean begun;

    /// What its maker can take back.
    private static final class Wish implements Listener.Wish {
        private final Drain drain;
        private final Runnable action;

        Wish(Drain drain, Runnable action) {
            this.drain = drain;
            this.action = action;
        }

        @Override
        public void close() {
            drain.lock.lock();
            try {
                drain.wishes.remove(this);
            } finally {
                drain.lock.unlock();
            }
        }
    }

    /// What serves: the tasks that it starts find this drain.
    interface Body<X extends Exception> {
        void run() throws X;
    }

    <X extends Exception> void around(Body<X> body) throws X {
        NEAREST.<X>run(this, body::run);
    }

    /// For the listener that serves the caller, if one does.
    static Listener.Wish add(Runnable action) {
        return NEAREST.find().map(drain -> drain.wish(action)).orElse(() -> {});
    }

    private Listener.Wish wish(Runnable action) {
        var wish = new Wish(this, action);
        boolean late;
        lock.lock();
        try {
            late = begun;
            if (!late) {
                wishes.add(wish);
            }
        } finally {
            lock.unlock();
        }
        if (late) {
            action.run();
        }
        return wish;
    }

    /// Runs the actions. One that fails touches no other, and is reported.
    void begin() {
        List<Wish> all;
        lock.lock();
        try {
            begun = true;
            all = List.copyOf(wishes);
            wishes.clear();
        } finally {
            lock.unlock();
        }
        for (Wish wish : all) {
            try {
                wish.action.run();
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError failure) {
                Server.report(new Report.UnobservedFailure(Strand.current().path(), failure));
            }
        }
    }
}
