package dev.sluice.internal.loop;

import dev.sluice.internal.timer.Timer;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A timed park of the JDK, as the future that the JDK cancels when the park ends early. Nobody asks it for
/// more.
///
/// Threads: `cancel` and the questions any; the rest the loop's.
final class JdkTimer extends Timer implements ScheduledFuture<@Nullable Object> {
    private final EventLoop loop;
    private final Runnable action;

    JdkTimer(EventLoop loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    @Override
    protected void expired() {
        action.run();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        loop.disarm(this);
        return true;
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(deadline - loop.clock().nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }

    @Override
    public boolean isCancelled() {
        return !armed();
    }

    @Override
    public boolean isDone() {
        return !armed();
    }

    @Override
    public @Nullable Object get() {
        throw new UnsupportedOperationException("get timed park: it has no result");
    }

    @Override
    public @Nullable Object get(long timeout, TimeUnit unit) {
        return get();
    }
}
