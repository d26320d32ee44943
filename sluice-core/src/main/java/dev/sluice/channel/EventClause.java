package dev.sluice.channel;

import dev.sluice.cancel.Durations;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.timer.Timer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A clause for something that happens and stays so: nobody has to be claimed for it, only woken.
///
/// Threads: the strand of the select; the timer on a loop.
abstract sealed class EventClause<R> extends Clause<R> {
    private final Supplier<? extends R> then;

    EventClause(Supplier<? extends R> then) {
        this.then = Objects.requireNonNull(then, "then");
    }

    /// As many as there are, or as many as fit: 292 years.
    static long nanosOf(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration);
    }

    /// Whether it has happened.
    abstract boolean happened();

    /// Has the wait ended when it happens. It may have happened just now. Does not throw.
    ///
    /// @param again whether the wait goes on with one that was registered before
    abstract void register(Strand strand, long token, boolean again);

    /// Undoes [#register].
    abstract void unregister(Strand strand);

    @Override
    final R chosen() {
        return then.get();
    }

    static final class After<R> extends EventClause<R> {
        private final Duration duration;
        private final long nanos;

        // The strand of the select.
        private @Nullable End end;
        private @Nullable End idle; // the last one, for the next wait
        private long due;

        After(Duration duration, Supplier<? extends R> then) {
            super(then);
            this.duration = duration;
            this.nanos = nanosOf(duration);
        }

        /// A timer comes last: others that are possible are not late yet.
        @Override
        boolean tryLocked() {
            return false;
        }

        @Override
        boolean happened() {
            End armed = end;
            return armed == null ? nanos <= 0 : armed.over;
        }

        @Override
        void register(Strand strand, long token, boolean again) {
            EventLoop loop = loopOf(strand);
            End armed = idle != null && idle.strand == strand ? idle : new End(strand);
            idle = null;
            armed.token = token;
            armed.over = false;
            if (!again) {
                due = EventLoop.saturatedAdd(loop.clock().nanoTime(), nanos);
            }
            armed.deadline = due;
            end = armed;
            loop.arm(armed);
        }

        @Override
        void unregister(Strand strand) {
            End armed = end;
            if (armed != null) {
                end = null;
                EventLoop loop = loopOf(strand);
                loop.disarm(armed);
                // On the loop it is out of the wheel now; from elsewhere it may still be about to end.
                idle = loop.onLoop() ? armed : null;
            }
        }

        private static EventLoop loopOf(Strand strand) {
            EventLoop loop = strand.loop();
            return loop != null ? loop : SharedLoop.get();
        }

        private static final class End extends Timer {
            private final Strand strand;
            private long token; // the strand, before it is armed
            private boolean over; // the loop, before the resume that publishes it

            End(Strand strand) {
                this.strand = strand;
            }

            @Override
            protected void expired() {
                over = true;
                strand.tryResume(token);
            }
        }

        @Override
        public String toString() {
            return "after " + Durations.print(duration);
        }
    }

    static final class Completed<R> extends EventClause<R> {
        private final Completion<?> completion;
        private final Object what;
        private @Nullable Object registration; // the strand of the select

        Completed(Completion<?> completion, Object what, Supplier<? extends R> then) {
            super(then);
            this.completion = completion;
            this.what = what;
        }

        @Override
        boolean tryLocked() {
            return happened();
        }

        @Override
        boolean happened() {
            return completion.result() != null;
        }

        @Override
        void register(Strand strand, long token, boolean again) {
            registration = completion.register(strand, token);
            if (registration == null) {
                strand.tryResume(token);
            }
        }

        @Override
        void unregister(Strand strand) {
            Object registered = registration;
            if (registered != null) {
                completion.unregister(registered);
                registration = null;
            }
        }

        @Override
        Object awaited() {
            return what;
        }

        @Override
        public String toString() {
            return String.valueOf(what);
        }
    }
}
