package dev.sluice.internal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// How tests wait: for a condition, with a limit that only a hang reaches. A wait that reaches it fails with
/// what it waited for.
public final class Patience {
    /// Long enough for a busy machine; nothing is measured by it.
    public static final Duration LIMIT = Duration.ofSeconds(60);

    private static final long LOOK_AGAIN_NANOS = 200_000;

    private Patience() {}

    /// Waits on the calling thread until something holds.
    ///
    /// @param what is printed when it does not
    public static void until(Object what, BooleanSupplier holds) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("waited " + LIMIT.toSeconds() + " s in vain until " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    public static void await(CountDownLatch latch, String what) throws InterruptedException {
        assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("waited %s s until %s", LIMIT.toSeconds(), what)
                .isTrue();
    }

    public static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("no result of " + future, late);
        }
    }

    /// Waits for the end of a thread; shows where it is if it does not end.
    public static void join(Thread thread) throws InterruptedException {
        if (!thread.join(LIMIT)) {
            var hangs = new AssertionError(thread + " does not end; state=" + thread.getState());
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        }
    }
}
