package dev.sluice.task;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.cancel.Durations;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Scope;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.timer.Timer;
import java.time.Duration;
import java.util.Optional;

/// A moment by which something has to be done.
///
/// ```java
/// Page page = Deadline.after(ofSeconds(2)).call(() -> fetch(url));
/// ```
///
/// It is ambient: every suspension of the body, of the tasks that it starts and of what it offloads ends when
/// the time is over, and the body's edge throws [DeadlineExceededException]. Deadlines nest; the nearer one
/// wins, and the exception names whose time was up.
///
/// The time runs from [#after], not from `run`, so one deadline can bound several steps.
///
/// Threads: immutable.
public final class Deadline {
    private final String name;
    private final Duration budget;
    private final EventLoop loop;
    private final long nanos;

    private Deadline(String name, Duration budget, EventLoop loop, long nanos) {
        this.name = name;
        this.budget = budget;
        this.loop = loop;
        this.nanos = nanos;
    }

    /// A deadline from now on.
    ///
    /// @param budget how long; zero or less is over already
    public static Deadline after(Duration budget) {
        Strand strand = Strand.current();
        EventLoop loop = strand.loop() != null ? strand.loop() : SharedLoop.get();
        return new Deadline(
                strand.path(), budget, loop, EventLoop.saturatedAdd(loop.clock().nanoTime(), EventLoop.nanos(budget)));
    }

    /// The same moment under a name, which the exception tells.
    public Deadline named(String name) {
        return new Deadline(name, budget, loop, nanos);
    }

    /// How long until then; zero if it has passed.
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanos - loop.clock().nanoTime()));
    }

    /// How long the caller has until the nearest deadline around it; empty if there is none.
    public static Optional<Duration> remainingHere() {
        Deadline nearest = null;
        for (Scope scope = Strand.current().scope(); scope != null; scope = scope.shield() ? null : scope.parent()) {
            if (scope instanceof DeadlineScope timed
                    && (nearest == null || timed.deadline().nanos - nearest.nanos < 0)) {
                nearest = timed.deadline();
            }
        }
        return Optional.ofNullable(nearest).map(Deadline::remaining);
    }

    /// Runs a body that has to end by then.
    ///
    /// @throws DeadlineExceededException if it did not, and was cut short. A body that ends all the same, late,
    ///     counts as done
    public <X extends Exception> void run(Action<X> body) throws X {
        call(() -> {
            body.run();
            return this;
        });
    }

    /// Calls a body that has to end by then.
    ///
    /// @throws DeadlineExceededException as [#run]
    public <T, X extends Exception> T call(Call<T, X> body) throws X {
        var scope = new DeadlineScope(Strand.current());
        scope.enter();
        try (scope) {
            return body.call();
        } catch (Throwable failure) {
            if (CancelScope.endedBy(failure, scope)) {
                throw new DeadlineExceededException(scope.why, failure);
            }
            throw failure;
        }
    }

    /// Runs a body until it ends or the time is over.
    ///
    /// @return whether it ended; false if it was cut short. Tasks that failed meanwhile, in groups inside, are
    ///     reported
    public <X extends Exception> boolean tryRun(Action<X> body) throws X {
        var scope = new DeadlineScope(Strand.current());
        scope.enter();
        try (scope) {
            body.run();
            return true;
        } catch (Throwable failure) {
            if (CancelScope.endedBy(failure, scope)) {
                TaskFailedException.reportThoseIn(failure);
                return false;
            }
            throw failure;
        }
    }

    /// The scope of a body; it is cancelled by a timer.
    private final class DeadlineScope extends Scope implements AutoCloseable {
        private final Strand strand;
        private final CancelReason.DeadlinePassed why = new CancelReason.DeadlinePassed(name, budget);
        private final Timer timer = new Timer() {
            @Override
            protected void expired() {
                cancel(why);
            }
        };

        DeadlineScope(Strand strand) {
            super(strand.scope(), strand, false);
            this.strand = strand;
        }

        Deadline deadline() {
            return Deadline.this;
        }

        @Override
        protected boolean timed() {
            return nanos != Long.MAX_VALUE;
        }

        void enter() {
            strand.enter(this);
            if (nanos - loop.clock().nanoTime() <= 0) {
                cancel(why);
            } else if (nanos != Long.MAX_VALUE) {
                timer.deadline = nanos;
                loop.arm(timer);
            }
        }

        @Override
        public void close() {
            if (nanos != Long.MAX_VALUE) {
                loop.disarm(timer);
            }
            strand.leave(this);
        }
    }

    @Override
    public String toString() {
        return "deadline " + name + " of " + Durations.print(budget);
    }
}
