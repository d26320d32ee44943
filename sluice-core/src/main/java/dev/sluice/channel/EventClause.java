package dev.sluice.channel;

import dev.sluice.cancel.Durations;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.timer.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A clause for something that happens and stays so: nobody has to be claimed for it, only woken.
///
/// Threads: the strand of the select; the timer on a loop.
abstract sealed class EventClause<R> extends Clause<R> {
    private final Supplier<? extends R> then;

    EventClause(Supplier<? extends R> then) {
        this.then = then;
    }

    /// As many as there are, or as many as fit: 292 years.
    static long nanosOf(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration);
    }

    /// Whether it has happened.
    abstract boolean happened();

    /// Has the wait ended when it happens. It may have happened just now. Does not throw.
    abstract void register(Strand strand, long token);

    /// Undoes [#register].
    abstract void unregister(Strand strand);

    @Override
    final R chosen() {
        return then.get();
    }

    static final class After<R> extends EventClause<R> {
        private final Duration duration;
        private final long nanos;
        private @Nullable End end; // the strand of the select

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
        void register(Strand strand, long token) {
            EventLoop loop = loopOf(strand);
            var armed = new End(strand, token);
            armed.deadline = EventLoop.saturatedAdd(loop.clock().nanoTime(), nanos);
            end = armed;
            loop.arm(armed);
        }

        @Override
        void unregister(Strand strand) {
            End armed = end;
            if (armed != null) {
                end = null;
                loopOf(strand).disarm(armed);
            }
        }

        private static EventLoop loopOf(Strand strand) {
            EventLoop loop = strand.loop();
            return loop != null ? loop : SharedLoop.get();
        }

        private static final class End extends Timer {
            private final Strand strand;
            private final long token;
            private boolean over; // the loop, before the resume that publishes it

            End(Strand strand, long token) {
                this.strand = strand;
                this.token = token;
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
        void register(Strand strand, long token) {
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
