package dev.sluice.internal.local;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.SpinLock;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.timer.Timer;
import dev.sluice.space.Space.Kind;
import dev.sluice.time.Clock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The state of a shared object, the lock around it, and the lines of those who wait.
///
/// A wait is a condition and a step: the step is done under the lock, by the strand itself or by whoever makes
/// the condition true, and never for a strand whose wait was cancelled before. So what a step hands over is not
/// lost.
///
/// Invariants, whenever the lock is free:
/// - the condition of the first in each line is false, and nobody passes a line;
/// - a wait ends once: by its step, by the closing of its opening, both under the lock, or by its cancellation.
/// Threads: any. Under the lock nobody waits, and no foreign code runs. Strands are woken, and timers armed,
/// after it.
abstract class Monitor {
    private static final VarHandle LOCK;
    private static final long NEVER = Long.MAX_VALUE;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(Monitor.class, "lock", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final String name;
    final Kind kind;
    final Realm realm;
    private final EventLoop loop = home();

    private byte lock; // through SpinLock only

    // Guarded by lock.
    private final List<Line> lines = new ArrayList<>(2);
    private @Nullable List<Strand> toWake;
    private long rings = NEVER;
    private @Nullable Alarm toArm;
    private final Set<Alarm> armed = new HashSet<>();
    private int users;

    Monitor(Realm realm, Kind kind, String name) {
        this.realm = realm;
        this.kind = kind;
        this.name = name;
    }

    private static EventLoop home() {
        EventLoop own = Strand.current().loop();
        return own != null ? own : SharedLoop.get();
    }

    /// For messages: `queue jobs of local:orders`.
    final String subject() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + name + " of " + realm.address();
    }

    // ---- the lock

    final void lock() {
        SpinLock.lock(LOCK, this);
    }

    /// Lets go of the lock, wakes those whose waits have ended, and sets the alarm.
    final void unlock() {
        List<Strand> wake = toWake;
        Alarm alarm = toArm;
        toWake = null;
        toArm = null;
        SpinLock.unlock(LOCK, this);
        if (alarm != null) {
            loop.arm(alarm);
        }
        if (wake != null) {
            wake.forEach(Strand::wake);
        }
    }

    /// Does something under the lock, and then what it made possible for others.
    final <R> R change(Supplier<R> step) {
        lock();
        try {
            R result = step.get();
            advance();
            return result;
        } finally {
            unlock();
        }
    }

    /// Looks at something under the lock.
    final <R> R look(Supplier<R> reading) {
        lock();
        try {
            R result = reading.get();
            return result;
        } finally {
            unlock();
        }
    }

    /// Does all steps that have become possible, in all lines. Under the lock.
    final void advance() {
        boolean again = true;
        while (again) {
            again = false;
            for (Line line : lines) {
                again |= line.advance();
            }
        }
    }

    // ---- time

    /// Now, on the clock of the loop that the object was made on.
    final long now() {
        return clock().nanoTime();
    }

    final Clock clock() {
        return loop.clock();
    }

    /// A moment from now on, for ever if it is too far away.
    static long later(long now, long nanos) {
        return EventLoop.saturatedAdd(now, nanos);
    }

    /// Has [#rang] called at a moment, or earlier. Under the lock.
    final void ringAt(long due) {
        if (due < rings) {
            rings = due;
            var alarm = new Alarm(due);
            armed.add(alarm);
            toArm = alarm;
        }
    }

    /// The time has come that was set by [#ringAt]; it sets the next. Under the lock.
    void rang(long now) {}

    /// Takes the timers back: nobody has the object any more.
    final void disarm() {
        lock();
        List<Alarm> left = List.copyOf(armed);
        armed.clear();
        rings = NEVER;
        unlock();
        left.forEach(loop::disarm);
    }

    private final class Alarm extends Timer {
        Alarm(long due) {
            deadline = due;
        }

        @Override
        protected void expired() {
            lock();
            try {
                if (armed.remove(this)) {
                    if (rings == deadline) {
                        rings = NEVER;
                    }
                    rang(now());
                    advance();
                }
            } finally {
                unlock();
            }
        }
    }

    // ---- waiting

    /// An opening begins to use the object.
    final void use() {
        lock();
        users++;
        unlock();
    }

    /// Ends the waits of an opening that is being closed.
    final void refuse(LocalSpace opening) {
        change(() -> {
            lines.forEach(line -> line.refuse(opening));
            return this;
        });
    }

    /// Gives back what an opening has of the object that is being closed, when its waits have ended.
    ///
    /// @return whether no opening uses the object any more
    final boolean close(LocalSpace opening) {
        return change(() -> {
            closed(opening);
            return --users == 0;
        });
    }

    /// Somebody waits in a line. Under the lock.
    void queued(Line line) {}

    /// Gives back what an opening has of the object. Under the lock.
    void closed(LocalSpace opening) {}

    private void wakeLater(Strand strand) {
        if (toWake == null) {
            toWake = new ArrayList<>(1);
        }
        toWake.add(strand);
    }

    /// A line for those who wait for the same.
    final Line newLine(String doing) {
        return add(new Line(doing, false));
    }

    /// A line whose steps are done also for who is being cancelled at that very moment: others count on them.
    /// It meets the cancellation at its next suspension.
    final Line newCertainLine(String doing) {
        return add(new Line(doing, true));
    }

    private Line add(Line line) {
        lock();
        lines.add(line);
        unlock();
        return line;
    }

    final void remove(Line line) {
        lock();
        lines.remove(line);
        unlock();
    }

    /// One who waits. `result` and `refused` are guarded by the lock.
    static final class Wait<R> {
        final Strand strand;
        final long token;
        final LocalSpace opening;
        final BooleanSupplier possible;
        final Supplier<? extends R> step;

        @Nullable R result;

        boolean refused;

        Wait(LocalSpace opening, BooleanSupplier possible, Supplier<? extends R> step, Strand strand, long token) {
            this.opening = opening;
            this.possible = possible;
            this.step = step;
            this.strand = strand;
            this.token = token;
        }
    }

    /// Those who wait for the same, in the order of their coming.
    final class Line {
        private final String doing;
        private final boolean certain;
        private final LinkedHashSet<Wait<?>> waiting = new LinkedHashSet<>(); // guarded by the lock

        private Line(String doing, boolean certain) {
            this.doing = doing;
            this.certain = certain;
        }

        /// Does a step as soon as it is possible, and nobody waits who came before.
        ///
        /// @param possible asked under the lock
        /// @param step done under the lock, at most once
        /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; the step was not done then
        /// @throws dev.sluice.space.SpaceException `CLOSED` if the opening is closed, likewise
        <R> R await(LocalSpace opening, BooleanSupplier possible, Supplier<? extends R> step) {
            Strand strand = Strand.current();
            strand.checkpoint();
            R now = tryNow(opening, possible, step);
            if (now != null) {
                return now;
            }
            var wait = new Wait<R>(opening, possible, step, strand, strand.begin(this));
            if (!arriveOrQueue(wait)) {
                strand.abandon(wait.token);
            } else if (!strand.await(wait.token) && leave(wait) == null) {
                throw strand.cancelledException();
            }
            return outcome(wait);
        }

        /// Waits for a step of somebody else's, and does something when the wait has begun: what that makes
        /// possible is not missed.
        ///
        /// @param begun does not wait; if the wait cannot begin, it is not done
        /// @throws dev.sluice.cancel.CancelledException as [#await]
        void await(LocalSpace opening, BooleanSupplier possible, Supplier<?> step, Runnable begun) {
            Strand strand = Strand.current();
            var wait = new Wait<>(opening, possible, step, strand, strand.begin(this));
            if (!arriveOrQueue(wait)) {
                strand.abandon(wait.token);
            } else {
                begun.run();
                if (!strand.await(wait.token) && leave(wait) == null) {
                    throw strand.cancelledException();
                }
            }
            outcome(wait);
        }

        /// As [#await], however long it takes, cancelled and closed or not.
        <R> R awaitUncancellable(LocalSpace opening, BooleanSupplier possible, Supplier<? extends R> step) {
            Strand strand = Strand.current();
            var wait = new Wait<R>(opening, possible, step, strand, strand.beginUncancellable(this));
            if (!arriveOrQueue(wait)) {
                boolean claimed = strand.tryClaim(wait.token);
                assert claimed : "a wait that nobody knows of has ended";
            }
            strand.awaitUncancellable(wait.token);
            return outcome(wait);
        }

        /// Does a step if it is possible at once and nobody waits.
        ///
        /// @return null if it was not done
        <R> @Nullable R tryNow(LocalSpace opening, BooleanSupplier possible, Supplier<? extends R> step) {
            lock();
            try {
                opening.requireOpen(doing, Monitor.this);
                if (!waiting.isEmpty() || !possible.getAsBoolean()) {
                    return null;
                }
                R result = step.get();
                Monitor.this.advance();
                return result;
            } finally {
                unlock();
            }
        }

        /// Does a step now, waits in line for that, or has the wait ended at once: the opening is closed.
        void enter(Wait<?> wait) {
            assert !certain : "the clause of a select that is not chosen does nothing";
            lock();
            try {
                if (wait.opening.closed()) {
                    wait.strand.tryResume(wait.token);
                } else if (waiting.isEmpty() && wait.possible.getAsBoolean()) {
                    if (step(wait)) {
                        Monitor.this.advance();
                    }
                } else {
                    waiting.add(wait);
                    queued(this);
                }
            } finally {
                unlock();
            }
        }

        /// Takes a wait back that has ended in whatever way; those behind may have waited for this one only.
        ///
        /// @return the result of its step, if that was done
        <R> @Nullable R leave(Wait<R> wait) {
            lock();
            try {
                if (waiting.remove(wait)) {
                    Monitor.this.advance();
                }
                return wait.result;
            } finally {
                unlock();
            }
        }

        private <R> boolean arriveOrQueue(Wait<R> wait) {
            lock();
            try {
                if (wait.opening.closed()) {
                    wait.refused = true;
                    return false;
                }
                if (waiting.isEmpty() && wait.possible.getAsBoolean()) {
                    wait.result = wait.step.get();
                    Monitor.this.advance();
                    return false;
                }
                waiting.add(wait);
                queued(this);
                return true;
            } finally {
                unlock();
            }
        }

        private <R> R outcome(Wait<R> wait) {
            lock(); // who ended the wait holds it until all of the result is written
            R result = wait.result;
            boolean refused = wait.refused;
            unlock();
            if (refused) {
                throw wait.opening.closedException(doing, Monitor.this);
            }
            assert result != null : "a wait has ended without its step";
            return result;
        }

        /// Does the steps that are possible. Under the lock.
        private boolean advance() {
            boolean any = false;
            while (!waiting.isEmpty()) {
                Wait<?> first = waiting.getFirst();
                if (!first.possible.getAsBoolean()) {
                    return any;
                }
                waiting.removeFirst();
                any |= step(first);
            }
            return any;
        }

        private <R> boolean step(Wait<R> wait) {
            boolean claimed = wait.strand.tryClaim(wait.token);
            if (claimed || certain) {
                wait.result = wait.step.get();
            }
            if (claimed) {
                wakeLater(wait.strand);
            }
            return claimed;
        }

        private void refuse(LocalSpace opening) {
            for (Iterator<Wait<?>> each = waiting.iterator(); each.hasNext(); ) {
                Wait<?> wait = each.next();
                if (wait.opening == opening) {
                    each.remove();
                    wait.refused = true;
                    if (wait.strand.tryClaim(wait.token)) {
                        wakeLater(wait.strand);
                    }
                }
            }
        }

        /// How many of an opening wait. Under the lock.
        int waits(LocalSpace opening) {
            int count = 0;
            for (Wait<?> wait : waiting) {
                if (wait.opening == opening) {
                    count++;
                }
            }
            return count;
        }

        /// How many wait. Under the lock.
        int size() {
            return waiting.size();
        }

        /// What a strand that waits is shown to wait for.
        @Override
        public String toString() {
            return doing + " " + subject();
        }
    }
}
