package dev.sluice.bench.core;

import dev.sluice.task.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A deadline around work that needs no time. An operation opens it, calls the body and closes it. The JDK has
/// no deadline for the current thread; the nearest is a future with a timeout that completes before it. That
/// one bounds a value and ends nobody's wait but the caller's.
final class DeadlineAround {
    private DeadlineAround() {}

    static final class OnLoop extends OneLoop {
        @Override
        long body(long operations) {
            Duration budget = Duration.ofSeconds(10);
            long sum = 0;
            for (long i = 0; i < operations; i++) {
                long word = i;
                sum += Deadline.after(budget).call(() -> word);
            }
            return sum;
        }
    }

    static final class JdkTimeout extends OneVirtualThread {
        @Override
        long body(long operations) {
            long sum = 0;
            for (long i = 0; i < operations; i++) {
                var future = new CompletableFuture<Long>().orTimeout(10, TimeUnit.SECONDS);
                future.complete(i);
                sum += future.join();
            }
            return sum;
        }
    }
}
