package dev.sluice.sync;

import dev.sluice.cancel.Durations;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import dev.sluice.task.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A limit to how often something happens: a token bucket, which refills steadily.
///
/// ```java
/// var requests = RateLimiter.of(100, ofSeconds(1)).withBurst(10).named("requests");
/// requests.acquire();
/// ```
///
/// Permits come one by one, evenly; up to `burst` of them, 1 unless said otherwise, are kept for later. So no
/// span of time sees more than those that come in it, and `burst`. One exception: when a busy loop wakes those
/// who wait late, they make up for it, for up to 10 ms.
///
/// First come, first served. A caller that would wait beyond the nearest [Deadline] around it is refused at
/// once, instead of waiting in vain and delaying others.
///
/// Threads: any.
public final class RateLimiter {
    /// One reading of a rate limiter.
    ///
    /// @param perSecond the rate
    /// @param available how many permits are there; negative while callers wait
    /// @param waiters who waits, in order
    public record Statistics(String name, double perSecond, int burst, double available, List<String> waiters) {}

    /// Thrown to who would have to wait longer than its deadline allows.
    public static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final Duration delay;

        RefusedException(String message, Duration delay) {
            super(message);
            this.delay = delay;
        }

        /// How long the caller would have had to wait.
        public Duration delay() {
            return delay;
        }
    }

    /// How late a waiter may be woken without cost for those behind it.
    private static final double LATENESS_NANOS = 10_000_000;

    private final Gate gate;

    private RateLimiter(Gate gate) {
        this.gate = gate;
    }

    /// A limiter of so many permits in each `period`.
    ///
    /// @param permits at least 1
    /// @param period more than zero
    public static RateLimiter of(int permits, Duration period) {
        if (permits < 1 || period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("rate limiter: permits=" + permits + ", period="
                    + Durations.print(period) + ", expected at least 1 permit in more than no time");
        }
        return new RateLimiter(new Gate("unnamed", (double) EventLoop.nanos(period) / permits, 1));
    }

    /// A limiter of the same rate, all permits there, that keeps more or fewer of them.
    ///
    /// @param burst at least 1
    public RateLimiter withBurst(int burst) {
        if (burst < 1) {
            throw new IllegalArgumentException(gate.subject() + ": burst=" + burst + ", expected 1 or more");
        }
        return new RateLimiter(new Gate(gate.name, gate.interval, burst));
    }

    /// A limiter of the same rate, all permits there, under a name that messages show.
    public RateLimiter named(String name) {
        return new RateLimiter(new Gate(name, gate.interval, gate.burst));
    }

    /// Waits for a permit.
    ///
    /// @throws RefusedException if the deadline around the caller would pass first
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has taken nothing then
    public void acquire() {
        acquire(1);
    }

    /// Waits for several permits.
    ///
    /// @param count 1 to `burst`
    /// @throws RefusedException as [#acquire()]
    public void acquire(int count) {
        check(count);
        Strand strand = Strand.current();
        strand.checkpoint();
        if (gate.take(count, now(strand))) {
            return;
        }
        double delay = gate.announce(count, now(strand));
        boolean taken = false;
        try {
            refuseBeyondDeadline(delay);
            gate.enter(strand, count, null);
            try {
                gate.sleepAndTake(strand, count);
                taken = true;
            } finally {
                gate.leave();
            }
        } finally {
            if (!taken) {
                gate.withdraw(count);
            }
        }
    }

    private void refuseBeyondDeadline(double delay) {
        Optional<Duration> left = Deadline.remainingHere();
        if (left.isPresent() && delay > left.get().toNanos()) {
            Duration needed = Duration.ofNanos((long) delay);
            throw new RefusedException(
                    "acquire " + gate.subject() + ": delay=" + Durations.print(needed) + ", expected at most the "
                            + Durations.print(left.get()) + " until the deadline",
                    needed);
        }
    }

    /// Takes a permit if there is one and nobody waits.
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /// Takes so many permits if they are there and nobody waits.
    ///
    /// @param count 1 to `burst`
    public boolean tryAcquire(int count) {
        check(count);
        return gate.take(count, now(Strand.current()));
    }

    private void check(int count) {
        if (count < 1 || count > gate.burst) {
            throw new IllegalArgumentException(
                    "acquire " + gate.subject() + ": count=" + count + ", expected 1.." + gate.burst);
        }
    }

    private static long now(Strand strand) {
        EventLoop loop = strand.loop() != null ? strand.loop() : SharedLoop.get();
        return loop.clock().nanoTime();
    }

    /// One reading, for people.
    public Statistics statistics() {
        return gate.statistics(now(Strand.current()));
    }

    @Override
    public String toString() {
        return gate.subject();
    }

    /// The bucket, and who waits for it: the first sleeps until its permits are there, the others behind it.
    ///
    /// The level is kept as a debt in nanoseconds: how long the bucket needs to be full again. A permit costs
    /// one interval, and can be taken while the debt stays within `burst` intervals.
    private static final class Gate extends WaitList {
        private final String name;
        private final double interval;
        private final int burst;

        // Guarded by the list's lock.
        private @Nullable Strand first; // sleeps, or is about to
        private long announced; // permits that are waited for, by `first` and by those behind it
        private double debt;
        private long asOf; // what the clock said when `debt` was right
        private boolean used;

        Gate(String name, double interval, int burst) {
            this.name = name;
            this.interval = interval;
            this.burst = burst;
        }

        /// Takes permits, if they are there and nobody waits.
        boolean take(int count, long now) {
            lock();
            try {
                refill(now);
                boolean taken = announced == 0 && delay(count) <= 0;
                if (taken) {
                    debt += count * interval;
                }
                return taken;
            } finally {
                unlock();
            }
        }

        /// A caller is about to wait.
        ///
        /// @return how long it will have to, if nobody before it gives up
        double announce(int count, long now) {
            lock();
            try {
                announced += count;
                refill(now);
                return delay(announced);
            } finally {
                unlock();
            }
        }

        void withdraw(int count) {
            lock();
            announced -= count;
            unlock();
        }

        /// The first waits until its permits are there.
        void sleepAndTake(Strand strand, int count) {
            for (double delay = takeFirst(count, now(strand)); delay > 0; delay = takeFirst(count, now(strand))) {
                Sleep.nanos((long) Math.ceil(delay), this);
            }
        }

        /// @return how long the permits need to be there; not positive if they have been taken
        private double takeFirst(int count, long now) {
            lock();
            try {
                refill(now);
                double delay = delay(count);
                if (delay <= 0) {
                    debt += count * interval;
                    announced -= count;
                }
                return delay;
            } finally {
                unlock();
            }
        }

        /// @param now may be earlier than that of somebody who asked the clock later and was here first: time
        ///     that has been counted once does not count again
        private void refill(long now) {
            long passed = used ? Math.max(0, now - asOf) : 0;
            if (!used || passed > 0) {
                used = true;
                asOf = now;
            }
            debt = Math.max(debt - passed, announced > 0 ? -LATENESS_NANOS : 0);
        }

        private double delay(long count) {
            return debt + (count - burst) * interval;
        }

        @Override
        protected boolean admits(long count) {
            return first == null;
        }

        @Override
        protected void admitted(Strand strand, long count, @Nullable Object what) {
            first = strand;
        }

        void leave() {
            lock();
            try {
                first = null;
                advance();
            } finally {
                unlock();
            }
        }

        Statistics statistics(long now) {
            double available;
            List<Strand> waiting;
            lock();
            try {
                refill(now);
                available = burst - debt / interval - announced;
                waiting = queue().strands();
                if (first != null) {
                    waiting.addFirst(first);
                }
            } finally {
                unlock();
            }
            return new Statistics(name, 1e9 / interval, burst, available, paths(waiting));
        }

        @Override
        public String subject() {
            return "rate limiter " + name;
        }
    }
}
