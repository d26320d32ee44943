package dev.sluice.internal.poll;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;

/// The floor under the pollers, for systems without io_uring and epoll: sleeps and wakes, by a `java.nio`
/// selector without channels, and performs no operations.
///
/// Not `park` and `unpark`: a permit that a coroutine's unpark or an interrupt leaves on the loop thread would be
/// taken for a wake-up, and a wake-up for theirs. The selector's wake-up is its own, and stays until the next
/// sleep.
///
/// Threads: see [Poller].
final class NioPoller implements Poller {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Selector selector;
    private final Counters counters = new Counters(); // loop thread only

    NioPoller() throws RefusedException {
        try {
            selector = Selector.open();
        } catch (IOException failed) {
            throw new RefusedException("open selector: " + failed);
        }
    }

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public boolean performsOperations() {
        return false;
    }

    @Override
    public void open() {}

    @Override
    public int poll(long timeoutNanos) {
        assert timeoutNanos >= 0 : "poll: timeoutNanos=" + timeoutNanos;
        counters.polls++;
        if (timeoutNanos == 0) {
            return 0;
        }
        counters.systemCalls++;
        // A mounted coroutine writes its interrupt status to the loop thread; a selector would not sleep with it.
        Thread.interrupted();
        try {
            if (timeoutNanos == Long.MAX_VALUE) {
                selector.select();
            } else {
                selector.select(Math.ceilDiv(timeoutNanos, NANOS_PER_MILLI));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("poll nio: " + failed.getMessage(), failed);
        }
        return 0;
    }

    @Override
    public void wakeup() {
        selector.wakeup();
    }

    @Override
    public void prepare(int fd) {}

    @Override
    public void release(int fd) {}

    @Override
    public void submit(Operation operation) {
        throw new IllegalStateException("submit " + operation + ": poller=nio, expected one that performs operations");
    }

    @Override
    public void cancel(Operation operation) {
        assert operation.slot == -1 : operation + " is in flight on another poller";
    }

    @Override
    public int inFlight() {
        return 0;
    }

    @Override
    public PollerStatistics statistics() {
        return counters.snapshot();
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("close nio: " + failed.getMessage(), failed);
        }
    }
}
