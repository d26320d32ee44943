package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// A thread that is held at one of its steps, while others go on: as if the kernel had taken the processor away
/// there.
///
/// Threads: the test's.
final class Halted<R> {
    private static final int PATIENCE_SECONDS = 60;
    private static final Map<Thread, Halted<?>> ALL = new ConcurrentHashMap<>();

    private final String label;
    private final FutureTask<R> body;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    private Halted(String label, Callable<R> body) {
        this.label = label;
        this.body = new FutureTask<>(body);
    }

    /// Starts a thread; returns when it has come to the step.
    static <R> Halted<R> at(String label, Callable<R> body) throws Exception {
        var halted = new Halted<>(label, body);
        Thread thread = Thread.ofPlatform().unstarted(halted.body);
        ALL.put(thread, halted);
        Steps.watch(Halted::step);
        thread.start();
        assertThat(halted.arrived.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("at " + label)
                .isTrue();
        return halted;
    }

    private static void step(String label) {
        Halted<?> own = ALL.get(Thread.currentThread());
        if (own != null && own.label.equals(label) && own.arrived.getCount() > 0) {
            own.arrived.countDown();
            own.hold();
        }
    }

    private void hold() {
        boolean interrupted = false;
        while (true) {
            try {
                assertThat(goOn.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // as the kernel would hold it all the same
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lets it go on, and waits for its end.
    ///
    /// @return what it has returned
    /// @throws java.util.concurrent.ExecutionException what it has thrown
    R end() throws Exception {
        goOn.countDown();
        return body.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /// Lets it go on.
    void release() {
        goOn.countDown();
    }

    /// Forgets all; behind each test.
    static void clear() {
        Steps.unwatch();
        ALL.clear();
    }
}
