package dev.sluice.observe;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// The one thread that hands reports to their handlers: a handler may block, and loops must not.
///
/// Invariants: at most [#CAPACITY] reports wait; further ones are counted and dropped. While reports wait there
/// is a thread that takes them, or the system gave none; then the next report asks for one again.
/// Threads: `publish` any, bare loop threads included: it takes no lock and never throws.
final class Reporter implements Runnable {
    static final int CAPACITY = 1024;

    private final LinkedTransferQueue<Delivery> queue = new LinkedTransferQueue<>();
    private final AtomicInteger waiting = new AtomicInteger(); // only counts; pairs with nothing
    private final AtomicLong dropped = new AtomicLong(); // only counts; pairs with nothing
    private final AtomicBoolean running = new AtomicBoolean(); // one winner starts the thread; pairs with itself

    /// The handler is that of the moment of the report.
    private record Delivery(Consumer<Report> to, Report report) {}

    void publish(Consumer<Report> to, Report report) {
        try {
            if (waiting.get() >= CAPACITY) { // a few more, if several threads report right now
                dropped.incrementAndGet();
                return;
            }
            queue.add(new Delivery(to, report));
            waiting.incrementAndGet();
        } catch (OutOfMemoryError noRoom) {
            dropped.incrementAndGet();
            return;
        }
        start();
    }

    private void start() {
        // Pairs with the set below.
        if (running.get() || !running.compareAndSet(false, true)) {
            return;
        }
        try {
            Thread.ofPlatform().daemon().name("sluice-report").start(this);
        } catch (OutOfMemoryError noThread) {
            running.set(false);
        }
    }

    long dropped() {
        return dropped.get();
    }

    @Override
    public void run() {
        while (true) {
            try {
                Delivery next = queue.take();
                waiting.decrementAndGet();
                next.to.accept(next.report);
            } catch (Throwable failure) {
                complain(failure);
            }
        }
    }

    /// The handler has failed, which must not cost the reports to come.
    private static void complain(Throwable failure) {
        Thread self = Thread.currentThread();
        self.getUncaughtExceptionHandler().uncaughtException(self, failure);
    }
}
