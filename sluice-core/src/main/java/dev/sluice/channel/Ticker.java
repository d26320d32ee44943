package dev.sluice.channel;

import dev.sluice.cancel.Durations;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.timer.Timer;
import java.time.Duration;

/// A receiver that gets a value every so often, or once after a while.
///
/// ```java
/// try (var ticker = Ticker.every(ofSeconds(1))) {
///     Select.of(orders.onReceive(this::handle), ticker.ticks().onReceive(tick -> flush())).await();
/// }
/// ```
///
/// A tick is the number of periods that have passed since the start: 1, 2, 3. Whoever is slow gets the newest
/// and sees from the numbers how many were skipped; ticks never pile up, and they do not drift.
///
/// Threads: any. The clock is that of the loop that starts it.
public final class Ticker implements AutoCloseable {
    private static final Duration LEAST = Duration.ofMillis(1);

    private final Channel<Long> ticks;
    private final EventLoop loop = Alarm.home();
    private final boolean once;
    private final Beat beat;

    /// Written by close, read by the loop before it arms the next beat; pairs with that read. The loop that
    /// misses it gets the disarm that follows, or sees it at the next beat.
    private volatile boolean closed;

    private Ticker(Duration period, boolean once) {
        this.ticks = Channel.<Long>latest().named((once ? "tick after " : "ticks every ") + Durations.print(period));
        this.once = once;
        this.beat = new Beat(loop.clock().nanoTime(), EventClause.nanosOf(period));
    }

    /// Starts to tick; the first comes after one period.
    ///
    /// @param period at least 1 ms
    public static Ticker every(Duration period) {
        if (period.compareTo(LEAST) < 0) {
            throw new IllegalArgumentException(
                    "ticker: period=" + Durations.print(period) + ", expected at least " + Durations.print(LEAST));
        }
        return started(new Ticker(period, false));
    }

    /// Ticks once: receivers get 1 when the time has passed, then the end. For a wait that other receivers are
    /// mixed with; a select alone needs no more than [Clause#after].
    ///
    /// @param delay zero or less: at once
    public static Ticker after(Duration delay) {
        return started(new Ticker(delay.isNegative() ? Duration.ZERO : delay, true));
    }

    private static Ticker started(Ticker ticker) {
        ticker.loop.arm(ticker.beat);
        return ticker;
    }

    /// Where the ticks come out.
    public Receiver<Long> ticks() {
        return ticks;
    }

    /// Stops. Receivers get the tick that they have not seen, then the end.
    @Override
    public void close() {
        closed = true;
        loop.disarm(beat);
        ticks.close();
    }

    @Override
    public String toString() {
        return ticks.toString();
    }

    private final class Beat extends Timer {
        private final long start;
        private final long period;

        Beat(long start, long period) {
            this.start = start;
            this.period = period;
            this.deadline = EventLoop.saturatedAdd(start, period);
        }

        @Override
        protected void expired() {
            if (closed) {
                return;
            }
            if (once) {
                ticks.trySend(1L);
                ticks.close();
                return;
            }
            long passed = (loop.clock().nanoTime() - start) / period;
            ticks.trySend(passed);
            deadline = EventLoop.saturatedAdd(start, (passed + 1) * period);
            loop.arm(this);
        }
    }
}
