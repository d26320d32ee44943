package dev.sluice.sync;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Those who use a thing at the same time, each a strand of its own, in one of several places: what holds on
/// one loop has to hold across loops and for threads that are not ours.
///
/// Threads: the test's.
final class Parties implements AutoCloseable {
    /// Where they run.
    enum Place {
        /// coroutines of one loop
        ONE_LOOP,
        /// coroutines of two loops, in turn
        TWO_LOOPS,
        /// platform threads
        THREADS,
        /// coroutines of two loops and platform threads, in turn
        MIXED
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60); // a liveness limit, not a measure

    private final Place place;
    private final Loops loops = Loops.open(LoopsConfig.defaults().withCount(2).withStallLimit(Duration.ZERO));
    private final List<Party> parties = new ArrayList<>();

    Parties(Place place) {
        this.place = place;
    }

    /// One of them.
    static final class Party {
        private final CompletableFuture<CancelScope> scope = new CompletableFuture<>();
        private final CompletableFuture<Boolean> whole = new CompletableFuture<>();

        /// Cancels what it does.
        void cancel() {
            get(scope).cancel("the test says so");
        }

        /// Waits for its end.
        ///
        /// @return false if it was cancelled
        boolean join() throws Exception {
            try {
                return whole.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                switch (failed.getCause()) {
                    case Exception exception -> throw exception;
                    case Error error -> throw error;
                    case null, default -> throw failed;
                }
            }
        }

        private void run(Action<?> body) {
            try {
                whole.complete(CancelScope.run(own -> {
                    scope.complete(own);
                    body.run();
                }));
            } catch (Throwable failure) {
                whole.completeExceptionally(failure);
            }
        }
    }

    /// Starts a party.
    Party start(Action<?> body) {
        int number = parties.size();
        int kind = switch (place) {
            case ONE_LOOP -> 0;
            case TWO_LOOPS -> number % 2;
            case THREADS -> 2;
            case MIXED -> number % 3;
        };
        var party = new Party();
        Thread.ofPlatform().daemon().name("p" + number).start(() -> {
            if (kind == 2) {
                party.run(body);
            } else {
                Sluice.callOn(loops.loop(kind), "p" + number, () -> {
                    party.run(body);
                    return party;
                });
            }
        });
        parties.add(party);
        return party;
    }

    /// Starts a party and waits until it is one more of those who wait.
    Party startWaiting(Supplier<List<String>> waiters, Action<?> body) {
        int before = waiters.get().size();
        Party party = start(body);
        until(() -> waiters.get().size() > before);
        return party;
    }

    /// What messages call the n-th party.
    String name(int number) {
        boolean thread = place == Place.THREADS || place == Place.MIXED && number % 3 == 2;
        return thread ? "thread p" + number : "p" + number;
    }

    /// Waits for the end of all.
    void join() throws Exception {
        for (Party party : parties) {
            party.join();
        }
    }

    /// Waits until something holds, on a loop or not.
    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it does not hold after " + PATIENCE);
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("a party has not begun", e);
        }
    }

    /// Whether a body is ended by the cancellation of its caller.
    static boolean isCancelled(Action<RuntimeException> body) {
        try {
            body.run();
            return false;
        } catch (CancelledException cancelled) {
            return true;
        }
    }

    @Override
    public void close() {
        loops.close();
    }
}
