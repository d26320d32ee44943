package dev.sluice.task;

import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.cancel.Durations;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;

/// Does something again when it fails, a bounded number of times, with growing pauses.
///
/// ```java
/// Page page = Retry.attempts(5).backoff(ofMillis(100), ofSeconds(5)).on(IOException.class).call(() -> fetch(url));
/// ```
///
/// The pause before attempt `n + 1` is drawn between `pause · (1 - jitter)` and `pause`, where `pause` is the
/// first pause times `2^(n-1)`, at most the longest. Jitter keeps those who failed together from coming back
/// together (Brooker, "Exponential Backoff and Jitter", 2015). A cancellation is never retried; a deadline
/// around all attempts bounds them.
///
/// @param attempts how often at most, at least 1
/// @param first the first pause
/// @param longest no pause is longer
/// @param jitter the part of each pause that is random, 0 to 1
/// @param on which failures are worth another attempt
public record Retry(int attempts, Duration first, Duration longest, double jitter, Predicate<Throwable> on) {
    private static final int FAILURES_KEPT = 100;

    public Retry {
        if (attempts < 1) {
            throw new IllegalArgumentException("retry: attempts=" + attempts + ", expected at least 1");
        }
        if (first.isNegative() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("retry: backoff from " + Durations.print(first) + " to "
                    + Durations.print(longest) + ", expected 0 <= first <= longest");
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("retry: jitter=" + jitter + ", expected 0 to 1");
        }
    }

    /// So many attempts after any exception (errors are not retried), 100 ms to 10 s apart, half of each pause
    /// random.
    public static Retry attempts(int attempts) {
        return new Retry(
                attempts, Duration.ofMillis(100), Duration.ofSeconds(10), 0.5, failure -> failure instanceof Exception);
    }

    /// With other pauses.
    public Retry backoff(Duration first, Duration longest) {
        return new Retry(attempts, first, longest, jitter, on);
    }

    /// With another random part, 0 to 1.
    public Retry jitter(double jitter) {
        return new Retry(attempts, first, longest, jitter, on);
    }

    /// For failures of this type only.
    public Retry on(Class<? extends Throwable> type) {
        return on(type::isInstance);
    }

    /// For these failures only.
    public Retry on(Predicate<Throwable> worth) {
        return new Retry(attempts, first, longest, jitter, worth);
    }

    /// Runs a body until it succeeds.
    ///
    /// @throws X what the last attempt threw; the failures before, 100 at most, are suppressed exceptions of it
    public <X extends Exception> void run(Action<X> body) throws X {
        call(() -> {
            body.run();
            return this;
        });
    }

    /// Calls a body until it succeeds.
    ///
    /// @throws X what the last attempt threw; the failures before, 100 at most, are suppressed exceptions of it
    public <T, X extends Exception> T call(Call<T, X> body) throws X {
        Deque<Throwable> earlier = new ArrayDeque<>();
        for (int attempt = 1; ; attempt++) {
            try {
                return body.call();
            } catch (Throwable failure) {
                if (attempt == attempts || isCancellation(failure) || !on.test(failure)) {
                    earlier.forEach(before -> suppress(failure, before));
                    throw failure;
                }
                if (earlier.size() == FAILURES_KEPT) {
                    earlier.removeFirst();
                }
                earlier.addLast(failure);
                pause(attempt, earlier);
            }
        }
    }

    private void pause(int attempt, Deque<Throwable> earlier) {
        try {
            Sleep.nanos(pauseNanos(attempt), "retry " + (attempt + 1) + " of " + attempts);
        } catch (CancelledException cancelled) {
            earlier.forEach(before -> suppress(cancelled, before));
            throw cancelled;
        }
    }

    private long pauseNanos(int attempt) {
        double factor = Math.pow(2, attempt - 1);
        double pause = Math.min(EventLoop.nanos(first) * factor, (double) EventLoop.nanos(longest));
        EventLoop loop = Strand.current().loop();
        double random = (loop != null ? loop : SharedLoop.get()).random().nextDouble();
        return (long) (pause * (1 - jitter * random));
    }

    private static boolean isCancellation(Throwable failure) {
        return failure instanceof CancelledException
                || failure instanceof InterruptedException
                || (failure instanceof DeadlineExceededException
                        && CancelScope.currentReason().isPresent());
    }

    private static void suppress(Throwable last, Throwable earlier) {
        if (last != earlier) {
            last.addSuppressed(earlier);
        }
    }
}
