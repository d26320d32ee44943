package dev.sluice.internal.testkit;

import dev.sluice.task.Action;
import java.util.concurrent.atomic.AtomicReference;

/// Runs a test's body on a thread of its own, so that a hang is a failure that shows where.
public final class Bounded {
    private Bounded() {}

    public static void run(Action<?> body) throws Exception {
        var failure = new AtomicReference<Throwable>();
        Thread thread = Thread.ofPlatform().daemon().name("test-body").start(() -> {
            try {
                body.run();
            } catch (Throwable thrown) {
                failure.set(thrown);
            }
        });
        Patience.join(thread);
        switch (failure.get()) {
            case null -> {}
            case Error error -> throw error;
            case Exception exception -> throw exception;
            case Throwable other -> throw new AssertionError(other);
        }
    }
}
